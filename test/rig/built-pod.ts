// One pod of the built executable, container by container, with the embedded API and the embedded object store around it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resources, type KubeObject } from '../../src/kube/api.ts'
import { startLocalApi, type LocalApi } from '../../src/local/api/start-local-api.ts'
import { fileOfKey } from '../../src/local/objects/key-names.ts'
import { startObjectStore, type ObjectStore } from '../../src/local/objects/start-object-store.ts'
import type { Outputs, S3Artifact, Template } from '../../src/spec/types.ts'
import type { Environment } from '../../src/util/environment.ts'
import { makeRoleBox, type RoleBox } from './role-box.ts'

export interface BuiltPod extends AsyncDisposable {
  /** A folder of this test alone. */
  readonly folder: string
  readonly box: RoleBox
  readonly api: LocalApi
  readonly store: ObjectStore
  /** A place in the store, or behind a proxy before it. */
  s3(key: string, endpoint?: string): S3Artifact
  /** The volumes are `/work`, shared by all, and those of every pod. */
  init(template: Template, env?: Environment): RoleProcess
  wait(env?: Environment, mounts?: Readonly<Record<string, string>>): RoleProcess
  main(words: readonly string[]): RoleProcess
  /** The task result as the API has it. */
  result(): Promise<TaskResult>
  /** The file that the store keeps an object in. */
  object(key: string): string
}

type RoleProcess = ReturnType<RoleBox['start']>

export type TaskResult = KubeObject & { readonly outputs?: Outputs }

const bucket = 'artifacts'

/** `program`: another executable than the one in dist/. */
export async function openBuiltPod(program?: string): Promise<BuiltPod> {
  const folder = mkdtempSync(join(tmpdir(), 'built-pod-'))
  const box = makeRoleBox(program)
  const api = await startLocalApi({ stateFile: join(folder, 'state.db') })
  const store = await startObjectStore({ dir: join(folder, 'store'), bucket })
  const secrets = box.volume('secrets/cred')
  const account = box.volume('sa')
  writeFileSync(join(secrets, 'access'), store.accessKey)
  writeFileSync(join(secrets, 'secret'), store.secretKey)
  writeFileSync(join(account, 'token'), api.token)
  writeFileSync(join(account, 'ca.crt'), api.caPem)
  writeFileSync(join(account, 'namespace'), 'argo')
  const { hostname, port } = new URL(api.url)
  const environment = {
    ARGO_POD_NAME: 'wf-step-1',
    ARGO_NODE_ID: 'wf-1',
    ARGO_WORKFLOW_NAME: 'wf',
    ARGO_WORKFLOW_UID: 'uid',
    ARGO_DEADLINE: '0001-01-01T00:00:00Z',
    ARGO_INCLUDE_SCRIPT_OUTPUT: 'true',
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
  }
  const shared = { '/var/run/argo': 'var-run-argo' }
  const ours = { ...shared, '/argo/secret': 'secrets', '/var/run/secrets/kubernetes.io/serviceaccount': 'sa' }
  return {
    folder,
    box,
    api,
    store,
    s3: (key, endpoint = store.endpoint) => ({
      endpoint,
      bucket,
      insecure: true,
      accessKeySecret: { name: 'cred', key: 'access' },
      secretKeySecret: { name: 'cred', key: 'secret' },
      key,
    }),
    init: (template, env = {}) =>
      box.start('init', ['init'], {
        env: { ...environment, ARGO_TEMPLATE: JSON.stringify(template), ...env },
        mounts: {
          ...ours,
          '/argo/inputs/artifacts': 'inputs',
          '/argo/staging': 'staging',
          '/mainctrfs/work': 'work',
        },
      }),
    wait: (env = {}, mounts = {}) =>
      box.start('wait', ['wait'], {
        env: { ...environment, ...env },
        mounts: { ...ours, '/mainctrfs/work': 'work', ...mounts },
      }),
    main: (words) =>
      box.start('main', ['emissary', '--', ...words], {
        env: environment,
        mounts: { ...shared, '/argo/staging': 'staging', '/work': 'work' },
      }),
    result: () => api.api.get<TaskResult>(resources.taskResults, 'argo', 'wf-1'),
    object: (key) => join(folder, 'store/buckets', bucket, fileOfKey(key)),
    async [Symbol.asyncDispose]() {
      box[Symbol.dispose]()
      await store.close()
      await api.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
