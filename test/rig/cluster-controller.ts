// Our controller against a real cluster, for one namespace of its own: the built program as a process, its objects from
// deploy/, the S3 server that the environment names as artifact repository.

import { execa } from 'execa'
import { join } from 'node:path'
import { argoPath, repositoryRoot } from './argoexec.ts'
import { executorImage } from './images.ts'
import { kubectl, makeNamespace } from './kubectl.ts'

export interface ClusterController extends AsyncDisposable {
  readonly namespace: string
  /** The S3 repository of the configuration. */
  readonly store: Readonly<Record<string, unknown>>
  /** Creates a Workflow under this name and waits for its end; the text is its JSON. */
  run(name: string, manifest: Readonly<Record<string, unknown>>, seconds?: number): Promise<string>
  /** What the controller has logged so far. */
  log(): string
}

export async function startClusterController(
  prefix: string,
  executor = executorImage,
): Promise<ClusterController> {
  await kubectl(['apply', '-f', join(repositoryRoot, 'deploy/crds')])
  const namespace = await makeNamespace(prefix)
  const store = repository()
  const of = (words: readonly string[]): readonly string[] => ['-n', namespace.name, ...words]
  await kubectl(of(['create', '-f', '-']), { apiVersion: 'v1', kind: 'List', items: objects(store) })
  let logged = ''
  const words = ['controller', '--namespaced', '--namespace', namespace.name, '--executor-image', executor]
  const controller = execa(argoPath(), [...words, '--executor-image-pull-policy', 'IfNotPresent'], {
    reject: false,
    buffer: false,
  })
  controller.stderr?.on('data', (chunk: Buffer) => (logged += String(chunk)))
  controller.stdout?.resume()
  return {
    namespace: namespace.name,
    store,
    log: () => logged,
    async run(name, manifest, seconds = 100) {
      const { generateName: _generateName, ...metadata } = (manifest['metadata'] ?? {}) as Record<
        string,
        unknown
      >
      const workflow = { ...manifest, metadata: { ...metadata, name, namespace: namespace.name } }
      await kubectl(of(['create', '-f', '-']), workflow)
      await kubectl(
        of([
          'wait',
          `workflow/${name}`,
          '--for=jsonpath={.metadata.labels.workflows\\.argoproj\\.io/completed}=true',
          `--timeout=${seconds}s`,
        ]),
      ).catch(() => undefined)
      return kubectl(of(['get', 'workflow', name, '-o', 'json']))
    },
    async [Symbol.asyncDispose]() {
      controller.kill('SIGTERM')
      await controller
      await namespace[Symbol.asyncDispose]()
    },
  }
}

/** The S3 server that the environment names. */
function repository(): Readonly<Record<string, unknown>> {
  const { S3_ENDPOINT = 'http://127.0.0.1:9000' } = process.env
  const secret = (key: string): unknown => ({ name: 'store', key })
  return {
    endpoint: S3_ENDPOINT.replace(/^https?:\/\//, ''),
    insecure: S3_ENDPOINT.startsWith('http:'),
    bucket: 'argo-tests',
    createBucketIfNotPresent: {},
    accessKeySecret: secret('accesskey'),
    secretKeySecret: secret('secretkey'),
  }
}

/** What a namespace needs: the rights of the pods, the key of the store, the configuration. */
function objects(s3: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { S3_ACCESS_KEY = '', S3_SECRET_KEY = '' } = process.env
  const rules = [
    { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
  ]
  return [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'executor' }, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'executor' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'executor' },
      subjects: [{ kind: 'ServiceAccount', name: 'default' }],
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'store' },
      stringData: { accesskey: S3_ACCESS_KEY, secretkey: S3_SECRET_KEY },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'workflow-controller-configmap' },
      data: { artifactRepository: JSON.stringify({ s3 }) },
    },
  ]
}
