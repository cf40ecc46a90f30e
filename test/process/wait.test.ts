// wait against a real HTTP API and store; the test plays main in a folder that stands for the pod.

import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runWait } from '../../roles/wait.ts'
import { packTarGz } from '../../src/archive/pack-tar-gz.ts'
import { unpack } from '../../src/archive/unpack.ts'
import { createKubeClient, type KubeClient } from '../../src/kube/rest-client.ts'
import { makeWitness } from '../../src/process/witness.ts'
import type { Template } from '../../src/spec/types.ts'
import type { Environment } from '../../src/util/environment.ts'
import { listTree } from '../rig/archives.ts'
import { startFileStore, type FileStore } from '../rig/file-store.ts'
import { makePodRoot, type PodRoot } from '../rig/pod-root.ts'
import { startTaskResultApi, type TaskResultApi } from '../rig/task-result-api.ts'

const collection = '/apis/argoproj.io/v1alpha1/namespaces/ns/workflowtaskresults'
const container = { image: 'i' }
const umask = process.umask()

let pod: PodRoot
let api: TaskResultApi
let store: FileStore
let client: KubeClient
let mailbox: string

beforeEach(async () => {
  pod = makePodRoot()
  api = await startTaskResultApi()
  store = await startFileStore()
  client = createKubeClient({ server: api.url })
  mailbox = join(pod.layout.varRunArgo, 'ctr/main')
  mkdirSync(mailbox, { recursive: true })
  makeWitness(mailbox)
})

afterEach(async () => {
  process.umask(umask)
  client.close()
  pod[Symbol.dispose]()
  await api[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
})

function run(
  template: Template,
  env: Environment = {},
  terminated = new AbortController().signal,
): Promise<number> {
  return runWait({
    env: pod.env(template, env),
    layout: pod.layout,
    log: pod.log,
    api: client,
    namespace: 'ns',
    terminated,
  })
}

/** The test as main: `die` ends it without an exit code, as SIGKILL does. */
function startMain(): { die(): void; exit(code: number): void } {
  const alive = openSync(join(mailbox, 'alive'), constants.O_RDWR)
  writeFileSync(join(mailbox, 'started'), '')
  return {
    die: () => closeSync(alive),
    exit: (code) => {
      writeFileSync(join(mailbox, '.exitcode'), String(code))
      renameSync(join(mailbox, '.exitcode'), join(mailbox, 'exitcode'))
      closeSync(alive)
    },
  }
}

const put = (path: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
const staged = (kind: 'parameters' | 'artifacts', path: string): string =>
  join(pod.layout.varRunArgo, 'outputs', kind, path)
const termination = (): string => readFileSync(pod.layout.terminationLog, 'utf8')
const archiveLocation = (): Template['archiveLocation'] => ({ http: { url: `${store.url}/wf1/pod` } })

test('the three bodies of a step with parameters, as the API sees them', async () => {
  put(staged('parameters', 'tmp/p'), 'value\n\n')
  startMain().exit(0)
  const outputs = {
    parameters: [
      { name: 'p', valueFrom: { path: '/tmp/p' } },
      { name: 'd', valueFrom: { path: '/gone', default: 'fallback\n' } },
    ],
  }
  expect(await run({ container, outputs })).toBe(0)
  expect(api.requests).toEqual([
    {
      method: 'POST',
      path: collection,
      contentType: 'application/json',
      body: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'WorkflowTaskResult',
        metadata: {
          name: 'wf1-99',
          labels: {
            'workflows.argoproj.io/workflow': 'wf1',
            'workflows.argoproj.io/report-outputs-completed': 'false',
          },
          ownerReferences: [
            { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name: 'wf1', uid: 'uid-1' },
          ],
        },
      },
    },
    {
      method: 'PATCH',
      path: `${collection}/wf1-99`,
      contentType: 'application/merge-patch+json',
      body: {
        outputs: {
          parameters: [
            { name: 'p', valueFrom: { path: '/tmp/p' }, value: 'value\n' },
            { name: 'd', valueFrom: { path: '/gone', default: 'fallback\n' }, value: 'fallback' },
          ],
        },
      },
    },
    {
      method: 'PATCH',
      path: `${collection}/wf1-99`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { 'workflows.argoproj.io/report-outputs-completed': 'true' } } },
    },
  ])
  expect(termination()).toBe('')
})

test('one failing output does not lose the others; the first error is the message', async () => {
  put(staged('parameters', 'b'), 'B')
  put(join(pod.root, 'out'), 'O')
  await packTarGz(join(pod.root, 'out'), staged('artifacts', 'out.tgz'))
  startMain().exit(1)
  const outputs = {
    parameters: [
      { name: 'a', valueFrom: { path: '/a' } },
      { name: 'b', valueFrom: { path: '/b' } },
    ],
    artifacts: [
      { name: 'missing', path: '/missing' },
      { name: 'out', path: '/out' },
      { name: 'maybe', path: '/maybe', optional: true },
    ],
  }
  expect(await run({ container, outputs, archiveLocation: archiveLocation() } as Template)).toBe(64)
  expect(termination()).toBe(`open ${staged('parameters', 'a')}: no such file or directory`)
  expect(pod.lines.join('')).toContain(
    `open ${staged('artifacts', 'missing.tgz')}: no such file or directory; `,
  )
  expect(api.requests[1]?.body).toEqual({
    outputs: {
      parameters: [
        { name: 'a', valueFrom: { path: '/a' } },
        { name: 'b', valueFrom: { path: '/b' }, value: 'B' },
      ],
      artifacts: [{ name: 'out', path: '/out', http: { url: `${store.url}/wf1/pod/out.tgz` } }],
    },
  })
  expect(store.files.get('/wf1/pod/out.tgz')).toEqual(readFileSync(staged('artifacts', 'out.tgz')))
})

test('every archive strategy, from the base layer and from a volume', async () => {
  put(join(pod.root, 'src/dir/a'), 'A')
  await packTarGz(join(pod.root, 'src/dir'), staged('artifacts', 'dir.tgz'))
  put(join(pod.root, 'src/file'), 'F')
  await packTarGz(join(pod.root, 'src/file'), staged('artifacts', 'file.tgz'))
  put(join(pod.layout.mainFilesystem, 'work/vol/b'), 'B'.repeat(2000))
  put(join(pod.layout.mainFilesystem, 'work/one'), '1')
  startMain().exit(0)
  const outputs = {
    artifacts: [
      { name: 'base-tar', path: '/dir' },
      { name: 'base-none', path: '/file', archive: { none: {} } },
      { name: 'base-zip', path: '/dir', archive: { zip: {} } },
      { name: 'vol-tar', path: '/work/vol', archive: { tar: { compressionLevel: 0 } } },
      { name: 'vol-none', path: '/work/one', archive: { none: {} } },
      { name: 'vol-zip', path: '/work/one', archive: { zip: {} } },
    ],
  }
  const template = {
    container: { ...container, volumeMounts: [{ name: 'ws', mountPath: '/work' }] },
    outputs,
    archiveLocation: archiveLocation(),
  }
  expect(await run(template as Template), pod.lines.join('')).toBe(0)
  expect([...store.files.keys()].toSorted()).toEqual(
    ['base-tar.tgz', 'base-zip.zip', 'file', 'one', 'vol-tar.tgz', 'vol-zip.zip'].map(
      (name) => `/wf1/pod/${name}`,
    ),
  )
  expect(store.files.get('/wf1/pod/file')?.toString()).toBe('F')
  expect(store.files.get('/wf1/pod/one')?.toString()).toBe('1')
  const level0 = store.files.get('/wf1/pod/vol-tar.tgz') ?? Buffer.alloc(0)
  expect(level0.length).toBeGreaterThan(gunzipSync(level0).length)
  for (const [name, kind, tree] of [
    ['base-tar.tgz', 'tar', ['.: drwxr-xr-x', 'a: -rw-r--r-- A']],
    ['base-zip.zip', 'zip', ['.: drwxr-xr-x', 'a: -rw-r--r-- A']],
    ['vol-tar.tgz', 'tar', ['.: drwxr-xr-x', `b: -rw-r--r-- ${'B'.repeat(2000)}`]],
    ['vol-zip.zip', 'zip', ['.: -rw-r--r-- 1']],
  ] as const) {
    put(join(pod.root, 'got'), store.files.get(`/wf1/pod/${name}`) ?? '')
    await unpack(kind, join(pod.root, 'got'), join(pod.root, 'tree', name))
    expect(listTree(join(pod.root, 'tree', name))).toEqual(tree)
  }
  expect(listTree(join(pod.layout.waitOutputs, 'artifacts'))).toEqual(['.: drwxrwxrwx'])
})

test('a link in a volume never leads to the files of wait', async () => {
  put(join(pod.layout.secrets, 'cred/key'), 'SECRET')
  mkdirSync(join(pod.layout.mainFilesystem, 'work'))
  symlinkSync(join(pod.layout.secrets, 'cred'), join(pod.layout.mainFilesystem, 'work/steal'))
  symlinkSync('../../argo/secret/cred/key', join(pod.layout.mainFilesystem, 'work/climb'))
  startMain().exit(0)
  const outputs = {
    parameters: [{ name: 'p', valueFrom: { path: '/work/climb' } }],
    artifacts: [{ name: 'a', path: '/work/steal', archive: { none: {} } }],
  }
  const template = {
    container: { ...container, volumeMounts: [{ name: 'ws', mountPath: '/work' }] },
    outputs,
    archiveLocation: archiveLocation(),
  }
  expect(await run(template as Template)).toBe(64)
  expect(store.files.size).toBe(0)
  expect(JSON.stringify(api.requests)).not.toContain('SECRET')
})

test('main killed with SIGKILL is noticed within 100 ms; what was staged is reported', async () => {
  put(staged('parameters', 'p'), 'P')
  const main = startMain()
  const done = run({
    container,
    outputs: {
      parameters: [
        { name: 'p', valueFrom: { path: '/p' } },
        { name: 'q', valueFrom: { path: '/q' } },
      ],
    },
  })
  await api.seen((request) => request.method === 'POST')
  const killed = performance.now()
  main.die()
  expect(await done).toBe(64)
  expect(performance.now() - killed).toBeLessThan(500)
  expect(termination()).toBe('main was killed (signal 9)')
  expect(api.requests[1]?.body).toMatchObject({
    outputs: { parameters: [{ name: 'p', value: 'P' }, { name: 'q' }] },
  })
})

test('wait may start before main', async () => {
  const done = run({ container })
  await api.seen((request) => request.method === 'POST')
  startMain().exit(0)
  expect(await done).toBe(0)
  expect(api.requests[1]?.body).toEqual({ outputs: {} })
})

test('the deadline stops main: TERM, the grace period, KILL', async () => {
  const main = startMain()
  const signals: string[] = []
  const watcher = watch(mailbox, (_event, name) => {
    if (name !== 'signal') return
    const number = readFileSync(join(mailbox, 'signal'), 'utf8')
    if (signals.at(-1) !== number) signals.push(number)
    if (number === '9') main.exit(137)
  })
  try {
    const env = {
      ARGO_DEADLINE: new Date(Date.now() + 200).toISOString(),
      ARGO_TERMINATION_GRACE_PERIOD_SECONDS: '1',
    }
    expect(await run({ container }, env)).toBe(0)
  } finally {
    watcher.close()
  }
  expect(signals).toEqual(['15', '9'])
  expect(termination()).toBe('Step exceeded its deadline')
})

test('SIGTERM while main runs: its outputs are still waited for', async () => {
  put(staged('parameters', 'p'), 'early')
  const terminate = new AbortController()
  const main = startMain()
  const done = run(
    { container, outputs: { parameters: [{ name: 'p', valueFrom: { path: '/p' } }] } },
    {},
    terminate.signal,
  )
  await api.seen((request) => request.method === 'POST')
  terminate.abort()
  put(staged('parameters', 'p'), 'late')
  main.exit(143)
  expect(await done).toBe(0)
  expect(api.requests[1]?.body).toMatchObject({ outputs: { parameters: [{ value: 'late' }] } })
})

test('SIGTERM and a main that does not end: wait collects before the grace period is over', async () => {
  const terminate = new AbortController()
  const main = startMain()
  terminate.abort()
  expect(await run({ container }, { ARGO_TERMINATION_GRACE_PERIOD_SECONDS: '1' }, terminate.signal)).toBe(0)
  main.exit(0)
  expect(api.requests).toHaveLength(3)
})

test('an API that is away loses nothing', async () => {
  startMain().exit(0)
  await api.close()
  const done = run({ container, outputs: { parameters: [] } })
  while (!pod.lines.join('').includes('trying again')) await new Promise((resolve) => setImmediate(resolve))
  await api.open()
  api.failNext(503, 0)
  expect(await done).toBe(0)
  expect(api.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH'])
})

test('without the right to write task results it says what to do, and tries once', async () => {
  startMain().exit(0)
  api.failNext(403, 403, 403)
  expect(await run({ container })).toBe(64)
  expect(termination()).toContain('rig says 403')
  expect(pod.lines.join('')).toContain('workflow-rbac')
})

test('result: one newline is taken off, the last 256 KiB are kept', async () => {
  put(join(mailbox, 'stdout'), `x${'é'.repeat(131_072)}\n\n`)
  startMain().exit(0)
  expect(await run({ script: container }, { ARGO_INCLUDE_SCRIPT_OUTPUT: 'true' })).toBe(0)
  expect(api.requests[1]?.body).toEqual({ outputs: { result: `${'é'.repeat(131_071)}\n` } })
})

test('logs are archived from where main wrote them', async () => {
  put(join(mailbox, 'combined'), 'log\n')
  startMain().exit(0)
  expect(await run({ container, archiveLocation: { ...archiveLocation(), archiveLogs: true } })).toBe(0)
  expect(store.files.get('/wf1/pod/main.log')?.toString()).toBe('log\n')
  expect(api.requests[1]?.body).toEqual({
    outputs: { artifacts: [{ name: 'main-logs', http: { url: `${store.url}/wf1/pod/main.log` } }] },
  })
})

test('the last progress is not lost when main ends between two ticks; nonsense is ignored', async () => {
  const progress = join(pod.layout.varRunArgo, 'progress')
  put(progress, '1/2\n7/10\n')
  const env = {
    ARGO_PROGRESS_FILE: progress,
    ARGO_PROGRESS_PATCH_TICK_DURATION: '1h',
    ARGO_PROGRESS_FILE_TICK_DURATION: '3s',
  }
  startMain().exit(0)
  expect(await run({ container }, env)).toBe(0)
  expect(api.requests.map(({ body }) => body)).toContainEqual({ progress: '7/10' })
  put(progress, 'nonsense')
  const before = api.requests.length
  expect(await run({ container }, env)).toBe(0)
  expect(JSON.stringify(api.requests.slice(before))).not.toContain('progress"')
})
