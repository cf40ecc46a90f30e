// The executable that init installs runs inside any image, as any user, with a hostile environment, and the command's
// output holds not one byte of ours.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeNeeding } from '../rig/needs.ts'
import { kubectl, makeNamespace, podEnd, type PodView } from '../rig/kubectl.ts'
import { executorImage } from '../rig/images.ts'

interface Case {
  readonly image: string
  readonly user: number
  readonly name: string
  readonly command: readonly string[]
  readonly output: string
  readonly exitCode: number
}

const probes = ['scratch', 'musl', 'glibc'].map((image) => ({
  image: `kube-dev/${image}`,
  command: ['/probe', 'exit', '3'],
  output: '',
  exitCode: 3,
}))
const shells = ['busybox:latest', 'debian:12'].flatMap((image) => [
  { image, command: ['sh', '-c', 'echo out; echo err >&2; exit 3'], output: 'out\nerr', exitCode: 3 },
])

const cases: readonly Case[] = [...probes, ...shells].flatMap((base) =>
  [0, 65534].map((user) => ({ ...base, user, name: `${base.image.replace(/[^a-z0-9]/g, '-')}-${user}` })),
)

/** Commands that only make sense once, in an image with a shell. */
const wrapped: readonly { readonly name: string; readonly script: string; readonly output: string }[] = [
  {
    name: 'no-environment',
    script: 'exec env -i /var/run/argo/argoexec emissary -- /bin/echo quiet',
    output: 'quiet',
  },
  {
    name: 'few-descriptors',
    script: 'ulimit -n 64; exec /var/run/argo/argoexec emissary -- /bin/echo quiet',
    output: 'quiet',
  },
  {
    name: 'kill',
    script: 'sleep 60 & /var/run/argo/argoexec kill 15 $! >/dev/null; wait $!; echo ended $?',
    output: 'ended 143',
  },
]

describeNeeding({ cluster: true, programs: ['kubectl'] }, 'the executable in any image', () => {
  let namespace: Awaited<ReturnType<typeof makeNamespace>>

  beforeAll(async () => {
    namespace = await makeNamespace('any-image')
    await kubectl(['-n', namespace.name, 'apply', '-f', '-'], wrongLibraries)
  })
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  })

  test.concurrent.each(cases)('$name runs its command and nothing else is heard', async (one) => {
    const pod = podOf(one.name, one.image, one.user, [
      '/var/run/argo/argoexec',
      'emissary',
      '--',
      ...one.command,
    ])
    const { code, output, why } = await run(pod)
    // The container runtime reads the two streams side by side: their order in the log is not ours.
    const lines = output.split('\n').toSorted()
    expect({ code, lines }, why).toEqual({ code: one.exitCode, lines: one.output.split('\n').toSorted() })
  })

  test.concurrent.each(wrapped)('$name', async ({ name, script, output }) => {
    const result = await run(podOf(name, 'busybox:latest', 65534, ['sh', '-c', script]))
    expect({ code: result.code, output: result.output }, result.why).toEqual({ code: 0, output })
  })

  test.concurrent('without a /tmp at all', async () => {
    const script = 'rm -r /tmp && ! test -e /tmp && exec /var/run/argo/argoexec emissary -- /bin/echo quiet'
    const pod = podOf('no-tmp', 'busybox:latest', 0, ['sh', '-c', script])
    for (const { securityContext } of pod.spec.containers) securityContext.readOnlyRootFilesystem = false
    const result = await run(pod)
    expect({ code: result.code, output: result.output }, result.why).toEqual({ code: 0, output: 'quiet' })
  })

  async function run(
    pod: ReturnType<typeof podOf>,
  ): Promise<{ code: number | undefined; output: string; why: string }> {
    const { name } = pod.metadata
    await kubectl(['-n', namespace.name, 'create', '-f', '-'], pod)
    const view: PodView = await podEnd(namespace.name, name, 100)
    const main = view.status.containerStatuses?.find((status) => status.name === 'main')
    const output = await kubectl(['-n', namespace.name, 'logs', name, '-c', 'main']).catch(() => '')
    return { code: main?.state.terminated?.exitCode, output, why: JSON.stringify(view.status, null, 1) }
  }
})

const wrongLibraries = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'wrong-libraries' },
  data: { 'libstdcxx.so.6': 'no library', 'libc.so.6': 'no library', 'libm.so.6': 'no library' },
}

/** The command itself would not start with a wrong libc of its own kind, with or without us. */
function usesHostLibc(image: string): boolean {
  return image === 'kube-dev/glibc' || image.startsWith('debian')
}

/** A key of a ConfigMap takes no plus sign. */
const wrongItems = [
  ...['libstdc++.so.6', 'libm.so.6'].map((file) => ({
    key: file.replace('c++', 'cxx'),
    path: `cpp/${file}`,
  })),
  ...['libstdc++.so.6', 'libm.so.6', 'libc.so.6'].map((file) => ({
    key: file.replace('c++', 'cxx'),
    path: `all/${file}`,
  })),
]

function podOf(name: string, image: string, user: number, command: readonly string[]) {
  const shared = { name: 'var-run-argo', mountPath: '/var/run/argo' }
  const template = {
    name: 'any',
    inputs: {},
    outputs: {},
    metadata: {},
    container: { name: '', image, resources: {} },
  }
  const common = [
    { name: 'ARGO_POD_NAME', value: name },
    { name: 'ARGO_NODE_ID', value: name },
    { name: 'ARGO_WORKFLOW_NAME', value: 'any-image' },
    { name: 'ARGO_INCLUDE_SCRIPT_OUTPUT', value: 'false' },
    { name: 'ARGO_DEADLINE', value: '0001-01-01T00:00:00Z' },
  ]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: { runAsUser: user, seccompProfile: { type: 'RuntimeDefault' } },
      volumes: [
        { name: 'var-run-argo', emptyDir: {} },
        { name: 'wrong-libraries', configMap: { name: 'wrong-libraries', items: wrongItems } },
      ],
      initContainers: [
        {
          name: 'init',
          image: executorImage,
          imagePullPolicy: 'Never',
          command: ['argoexec', 'init'],
          env: [
            ...common,
            { name: 'ARGO_CONTAINER_NAME', value: 'init' },
            { name: 'ARGO_TEMPLATE', value: JSON.stringify(template) },
          ],
          volumeMounts: [shared],
        },
      ],
      containers: [
        {
          name: 'main',
          image,
          imagePullPolicy: 'Never',
          command,
          env: [
            ...common,
            { name: 'ARGO_CONTAINER_NAME', value: 'main' },
            { name: 'LD_LIBRARY_PATH', value: usesHostLibc(image) ? '/wrong/cpp' : '/wrong/all' },
            { name: 'NODE_OPTIONS', value: user === 0 ? '--bogus' : '--inspect' },
          ],
          securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
          volumeMounts: [shared, { name: 'wrong-libraries', mountPath: '/wrong' }],
        },
      ],
    },
  }
}
