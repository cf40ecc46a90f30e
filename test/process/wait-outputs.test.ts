// What wait collects, uploads and reports, and what it must not.

import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packTarGz } from '../../src/archive/pack-tar-gz.ts'
import { unpack } from '../../src/archive/unpack.ts'
import type { Template } from '../../src/spec/types.ts'
import { listTree } from '../rig/archives.ts'
import { put, startWaitRig, type WaitRig } from '../rig/wait-rig.ts'

const container = { image: 'i' }
let rig: WaitRig

beforeEach(async () => {
  rig = await startWaitRig()
})

afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

test('one failing output does not lose the others; the first error is the message', async () => {
  put(rig.staged('parameters', 'b'), 'B')
  put(join(rig.pod.root, 'out'), 'O')
  await packTarGz(join(rig.pod.root, 'out'), rig.staged('artifacts', 'out.tgz'))
  rig.startMain().exit(1)
  const outputs = {
    parameters: [
      { name: 'a', valueFrom: { path: '/a' } },
      { name: 'b', valueFrom: { path: '/b' } },
    ],
    artifacts: [
      { name: 'missing', path: '/missing' },
      { name: 'out', path: '//out/' },
      { name: 'maybe', path: '/maybe', optional: true },
    ],
  }
  expect(await rig.run({ container, outputs, archiveLocation: rig.archiveLocation } as Template)).toBe(64)
  expect(rig.termination()).toBe(`open ${rig.staged('parameters', 'a')}: no such file or directory`)
  expect(rig.pod.lines.join('')).toContain(
    `open ${rig.staged('artifacts', 'missing.tgz')}: no such file or directory; `,
  )
  expect(rig.api.requests[1]?.body).toEqual({
    outputs: {
      parameters: [
        { name: 'a', valueFrom: { path: '/a' } },
        { name: 'b', valueFrom: { path: '/b' }, value: 'B' },
      ],
      artifacts: [{ name: 'out', path: '/out', http: { url: `${rig.store.url}/wf1/pod/out.tgz` } }],
    },
  })
  expect(rig.store.files.get('/wf1/pod/out.tgz')).toEqual(readFileSync(rig.staged('artifacts', 'out.tgz')))
})

test('every archive strategy, from the base layer and from a volume', async () => {
  put(join(rig.pod.root, 'src/dir/a'), 'A')
  await packTarGz(join(rig.pod.root, 'src/dir'), rig.staged('artifacts', 'dir.tgz'))
  put(join(rig.pod.root, 'src/file'), 'F')
  await packTarGz(join(rig.pod.root, 'src/file'), rig.staged('artifacts', 'file.tgz'))
  put(join(rig.pod.layout.mainFilesystem, 'work/vol/b'), 'B'.repeat(2000))
  put(join(rig.pod.layout.mainFilesystem, 'work/one'), '1')
  rig.startMain().exit(0)
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
    archiveLocation: rig.archiveLocation,
  }
  expect(await rig.run(template as Template), rig.pod.lines.join('')).toBe(0)
  expect([...rig.store.files.keys()].toSorted()).toEqual(
    ['base-tar.tgz', 'base-zip.zip', 'file', 'one', 'vol-tar.tgz', 'vol-zip.zip'].map(
      (name) => `/wf1/pod/${name}`,
    ),
  )
  expect(rig.store.files.get('/wf1/pod/file')?.toString()).toBe('F')
  expect(rig.store.files.get('/wf1/pod/one')?.toString()).toBe('1')
  const level0 = rig.store.files.get('/wf1/pod/vol-tar.tgz') ?? Buffer.alloc(0)
  expect(level0.length).toBeGreaterThan(gunzipSync(level0).length)
  for (const [name, kind, tree] of [
    ['base-tar.tgz', 'tar', ['.: drwxr-xr-x', 'a: -rw-r--r-- A']],
    ['base-zip.zip', 'zip', ['.: drwxr-xr-x', 'a: -rw-r--r-- A']],
    ['vol-tar.tgz', 'tar', ['.: drwxr-xr-x', `b: -rw-r--r-- ${'B'.repeat(2000)}`]],
    ['vol-zip.zip', 'zip', ['.: -rw-r--r-- 1']],
  ] as const) {
    put(join(rig.pod.root, 'got'), rig.store.files.get(`/wf1/pod/${name}`) ?? '')
    await unpack(kind, join(rig.pod.root, 'got'), join(rig.pod.root, 'tree', name))
    expect(listTree(join(rig.pod.root, 'tree', name))).toEqual(tree)
  }
  expect(listTree(join(rig.pod.layout.waitOutputs, 'artifacts'))).toEqual(['.: drwxrwxrwx'])
})

test('a link in a volume never leads to the files of wait', async () => {
  put(join(rig.pod.layout.secrets, 'cred/key'), 'SECRET')
  mkdirSync(join(rig.pod.layout.mainFilesystem, 'work'))
  symlinkSync(join(rig.pod.layout.secrets, 'cred'), join(rig.pod.layout.mainFilesystem, 'work/steal'))
  symlinkSync('../../argo/secret/cred/key', join(rig.pod.layout.mainFilesystem, 'work/climb'))
  rig.startMain().exit(0)
  const outputs = {
    parameters: [{ name: 'p', valueFrom: { path: '/work/climb' } }],
    artifacts: [{ name: 'a', path: '/work/steal', archive: { none: {} } }],
  }
  const template = {
    container: { ...container, volumeMounts: [{ name: 'ws', mountPath: '/work' }] },
    outputs,
    archiveLocation: rig.archiveLocation,
  }
  expect(await rig.run(template as Template)).toBe(64)
  expect(rig.store.files.size).toBe(0)
  expect(JSON.stringify(rig.api.requests)).not.toContain('SECRET')
})

test('a link in the shared volume, or a pipe, does not either', async () => {
  put(join(rig.pod.layout.secrets, 'cred/key'), 'SECRET')
  put(join(rig.pod.layout.secrets, 'cred/a.tgz'), 'SECRET')
  mkdirSync(join(rig.pod.layout.varRunArgo, 'outputs/parameters'), { recursive: true })
  for (const place of ['outputs/parameters/p', 'outputs/artifacts', 'ctr/main/stdout', 'ctr/main/combined']) {
    const target = place === 'outputs/artifacts' ? 'cred' : 'cred/key'
    symlinkSync(join(rig.pod.layout.secrets, target), join(rig.pod.layout.varRunArgo, place))
  }
  await execa('mkfifo', [join(rig.pod.layout.varRunArgo, 'outputs/parameters/fifo')])
  rig.startMain().exit(0)
  const outputs = {
    parameters: [
      { name: 'p', valueFrom: { path: '/p' } },
      { name: 'fifo', valueFrom: { path: '/fifo' } },
    ],
    artifacts: [{ name: 'a', path: '/a' }],
  }
  const template = { container, outputs, archiveLocation: { ...rig.archiveLocation, archiveLogs: true } }
  expect(await rig.run(template as Template, { ARGO_INCLUDE_SCRIPT_OUTPUT: 'true' })).toBe(64)
  expect(rig.store.files.size).toBe(0)
  expect(JSON.stringify(rig.api.requests)).not.toContain('SECRET')
})

test('REMOVE_LOCAL_ART_PATH removes what main has staged', async () => {
  put(join(rig.pod.root, 'out'), 'O')
  await packTarGz(join(rig.pod.root, 'out'), rig.staged('artifacts', 'out.tgz'))
  rig.startMain().exit(0)
  const outputs = { artifacts: [{ name: 'out', path: '/out' }] }
  const template = { container, outputs, archiveLocation: rig.archiveLocation } as Template
  expect(await rig.run(template, { REMOVE_LOCAL_ART_PATH: 'true' })).toBe(0)
  expect(existsSync(rig.staged('artifacts', 'out.tgz'))).toBe(false)
  expect(rig.store.files.size).toBe(1)
})

test('result: one newline is taken off, the last 256 KiB are kept', async () => {
  put(join(rig.mailbox, 'stdout'), `x${'é'.repeat(131_072)}\n\n`)
  rig.startMain().exit(0)
  expect(await rig.run({ script: container }, { ARGO_INCLUDE_SCRIPT_OUTPUT: 'true' })).toBe(0)
  expect(rig.api.requests[1]?.body).toEqual({ outputs: { result: `${'é'.repeat(131_071)}\n` } })
})

test('logs are archived from where main wrote them', async () => {
  put(join(rig.mailbox, 'combined'), 'log\n')
  rig.startMain().exit(0)
  expect(await rig.run({ container, archiveLocation: { ...rig.archiveLocation, archiveLogs: true } })).toBe(0)
  expect(rig.store.files.get('/wf1/pod/main.log')?.toString()).toBe('log\n')
  expect(rig.api.requests[1]?.body).toEqual({
    outputs: { artifacts: [{ name: 'main-logs', http: { url: `${rig.store.url}/wf1/pod/main.log` } }] },
  })
})

test('the last progress is not lost when main ends between two ticks; nonsense is ignored', async () => {
  const progress = join(rig.pod.layout.varRunArgo, 'progress')
  put(progress, '1/2\n7/10\n')
  const env = {
    ARGO_PROGRESS_FILE: progress,
    ARGO_PROGRESS_PATCH_TICK_DURATION: '1h',
    ARGO_PROGRESS_FILE_TICK_DURATION: '3s',
  }
  rig.startMain().exit(0)
  expect(await rig.run({ container }, env)).toBe(0)
  expect(rig.api.requests.map(({ body }) => body)).toContainEqual({ progress: '7/10' })
  put(progress, 'nonsense')
  const before = rig.api.requests.length
  expect(await rig.run({ container }, env)).toBe(0)
  expect(JSON.stringify(rig.api.requests.slice(before))).not.toContain('progress"')
})
