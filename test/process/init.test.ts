// init against real servers and a folder that stands for the pod.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runInit } from '../../roles/init.ts'
import { readWitness } from '../../src/process/witness.ts'
import type { Artifact, Template } from '../../src/spec/types.ts'
import { listTree, tarBytes, writeZip, type RecipeEntry } from '../rig/archives.ts'
import { startFileStore, type FileStore } from '../rig/file-store.ts'
import { makePodRoot, type PodRoot } from '../rig/pod-root.ts'

let pod: PodRoot
let store: FileStore
const signal = new AbortController().signal
const umask = process.umask()

beforeEach(async () => {
  pod = makePodRoot()
  store = await startFileStore()
})

afterEach(async () => {
  process.umask(umask)
  pod[Symbol.dispose]()
  await store[Symbol.asyncDispose]()
})

const run = (template: Template): Promise<number> =>
  runInit({ env: pod.env(template), layout: pod.layout, log: pod.log, signal })
const input = (name: string, more: Partial<Artifact> = {}): Artifact => ({
  name,
  path: `/in/${name}`,
  http: { url: `${store.url}/${name}` },
  ...more,
})
const termination = (): string => readFileSync(pod.layout.terminationLog, 'utf8')
const loaded = (name: string): string => join(pod.layout.inputArtifacts, name)
const tarGz = (entries: readonly RecipeEntry[]): Buffer => gzipSync(tarBytes(entries))

test('leaves template, mailbox and script for main', async () => {
  expect(await run({ name: 't', script: { image: 'i', source: 'echo hi\n' } })).toBe(0)
  expect(JSON.parse(readFileSync(pod.layout.templateFile, 'utf8'))).toEqual({
    name: 't',
    script: { image: 'i', source: 'echo hi\n' },
  })
  expect(statSync(pod.layout.templateFile).mode & 0o777).toBe(0o444)
  expect(statSync(pod.layout.scriptFile).mode & 0o777).toBe(0o755)
  expect(readFileSync(pod.layout.scriptFile, 'utf8')).toBe('echo hi\n')
  expect(statSync(join(pod.layout.varRunArgo, 'ctr/main')).mode & 0o777).toBe(0o777)
  expect(readWitness(join(pod.layout.varRunArgo, 'ctr/main'))).toBe('never-started')
})

test('loads several inputs, each by its archive strategy', async () => {
  const dir: readonly RecipeEntry[] = [
    { name: 'd/', type: 'dir', mode: '0755' },
    { name: 'd/a', type: 'file', mode: '0644', content: 'A' },
  ]
  store.files.set('/auto', tarGz(dir))
  store.files.set('/none', tarGz(dir))
  store.files.set('/plain', tarBytes(dir))
  store.files.set('/gz', gzipSync('just text'))
  writeZip(join(pod.root, 'z'), dir)
  store.files.set('/zip', readFileSync(join(pod.root, 'z')))
  const artifacts = [
    input('auto'),
    input('none', { archive: { none: {} } }),
    input('plain', { archive: { tar: {} } }),
    input('gz'),
    input('zip', { archive: { zip: {} } }),
    input('raw', { http: undefined, raw: { data: 'words' } } as unknown as Partial<Artifact>),
    input('mode', { archive: { none: {} }, mode: 0o600, http: { url: `${store.url}/gz` } }),
    input('tree', { mode: 0o700, recurseMode: true, http: { url: `${store.url}/auto` } }),
  ].map((artifact) => JSON.parse(JSON.stringify(artifact)) as Artifact)
  expect(await run({ container: {}, inputs: { artifacts } })).toBe(0)
  expect(listTree(loaded('auto'))).toEqual(['.: drwxr-xr-x', 'a: -rw-r--r-- A'])
  expect(readFileSync(loaded('none'))).toEqual(store.files.get('/none'))
  expect(listTree(loaded('plain'))).toEqual(['.: drwxr-xr-x', 'a: -rw-r--r-- A'])
  expect(readFileSync(loaded('gz'))).toEqual(store.files.get('/gz'))
  expect(listTree(loaded('zip'))).toEqual(['.: drwxr-xr-x', 'a: -rw-r--r-- A'])
  expect(readFileSync(loaded('raw'), 'utf8')).toBe('words')
  expect(statSync(loaded('mode')).mode & 0o777).toBe(0o600)
  expect(listTree(loaded('tree'))).toEqual(['.: drwx------', 'a: -rwx------ A'])
})

test('puts an input into the volume that the user mounted at its path, links followed as main would', async () => {
  store.files.set('/a', Buffer.from('A'))
  mkdirSync(join(pod.layout.mainFilesystem, 'work/real'), { recursive: true })
  symlinkSync('/work/real', join(pod.layout.mainFilesystem, 'work/link'))
  const container = { volumeMounts: [{ name: 'ws', mountPath: '/work' }] }
  expect(await run({ container, inputs: { artifacts: [input('a', { path: '/work/link/new/a' })] } })).toBe(0)
  expect(readFileSync(join(pod.layout.mainFilesystem, 'work/real/new/a'), 'utf8')).toBe('A')
  expect(existsSync(loaded('a'))).toBe(false)
})

test('an input at the very path of a volume becomes its content', async () => {
  store.files.set(
    '/d',
    tarGz([
      { name: 'd/', type: 'dir', mode: '0755' },
      { name: 'd/x', type: 'file', mode: '0644', content: 'X' },
    ]),
  )
  store.files.set('/f', Buffer.from('F'))
  mkdirSync(join(pod.layout.mainFilesystem, 'work'))
  writeFileSync(join(pod.layout.mainFilesystem, 'work/old'), 'kept')
  const container = { volumeMounts: [{ name: 'ws', mountPath: '/work/' }] }
  expect(await run({ container, inputs: { artifacts: [input('d', { path: '/work' })] } })).toBe(0)
  expect(listTree(join(pod.layout.mainFilesystem, 'work'))).toEqual([
    '.: drwxr-xr-x',
    'old: -rw-r--r-- kept',
    'x: -rw-r--r-- X',
  ])
  expect(await run({ container, inputs: { artifacts: [input('f', { path: '/work' })] } })).toBe(64)
  expect(termination()).toContain('the artifact is a file')
})

test('inputs within each other keep the order of the template', async () => {
  store.files.set(
    '/outer',
    tarGz([
      { name: 'd/', type: 'dir', mode: '0755' },
      { name: 'd/x', type: 'file', mode: '0644', content: 'X' },
    ]),
  )
  store.files.set('/inner', Buffer.from('I'))
  const container = { volumeMounts: [{ name: 'ws', mountPath: '/work' }] }
  const artifacts = [input('outer', { path: '/work/o' }), input('inner', { path: '/work/o/inner' })]
  mkdirSync(join(pod.layout.mainFilesystem, 'work'))
  expect(await run({ container, inputs: { artifacts } })).toBe(0)
  expect(readFileSync(join(pod.layout.mainFilesystem, 'work/o/inner'), 'utf8')).toBe('I')
})

test('an optional input that is not there is skipped, a required one ends with 64', async () => {
  expect(
    await run({
      container: {},
      inputs: {
        artifacts: [input('gone', { optional: true }), { name: 'none', path: '/n', optional: true }],
      },
    }),
  ).toBe(0)
  expect(await run({ container: {}, inputs: { artifacts: [input('gone')] } })).toBe(64)
  expect(termination()).toMatch(/^artifact gone failed to load: /)
  expect(await run({ container: {}, inputs: { artifacts: [{ name: 'none', path: '/n' }] } })).toBe(64)
  expect(termination()).toBe("required artifact 'none' not supplied")
})

test('a hostile archive leaves nothing behind', async () => {
  writeFileSync(join(pod.root, 'argo-outside'), 'safe')
  store.files.set(
    '/bad',
    tarGz([
      { name: 'l', type: 'symlink', link: '../../../argo-outside', mode: '0777' },
      { name: 'l/x', type: 'file', mode: '0644' },
    ]),
  )
  expect(await run({ container: {}, inputs: { artifacts: [input('bad')] } })).toBe(64)
  expect(termination()).toContain('illegal symlink target: l -> ../../../argo-outside')
  expect(listTree(pod.layout.inputArtifacts)).toHaveLength(1)
})

test('paths that lead out are refused with the words of the contract', async () => {
  store.files.set('/a', Buffer.from('A'))
  expect(await run({ container: {}, inputs: { artifacts: [input('a', { path: '/in/../../etc' })] } })).toBe(
    64,
  )
  expect(termination()).toBe(
    "Artifact 'a' attempted to use a path containing '..'. Directory traversal is not permitted",
  )
  expect(
    await run({ container: {}, inputs: { artifacts: [{ name: 'a', http: { url: `${store.url}/a` } }] } }),
  ).toBe(64)
  expect(termination()).toBe("Artifact 'a' did not specify a path")
})

test('an input of a store without a driver is refused by the name of the store', async () => {
  const git = { repo: 'https://example.test/r.git' }
  const elsewhere: Artifact = Object.assign({ name: 'a', path: '/in/a', optional: true }, { git })
  expect(await run({ name: 't', inputs: { artifacts: [elsewhere] } })).toBe(64)
  expect(termination()).toMatch(/artifact a: this executor has no driver for git; it has s3, http and raw/)
})

test('exit codes of a start that cannot be: 1 without a pod name, 2 without a template', async () => {
  const context = { layout: pod.layout, log: pod.log, signal }
  expect(await runInit({ ...context, env: {} })).toBe(1)
  expect(await runInit({ ...context, env: pod.env() })).toBe(2)
  expect(termination()).toContain('read the template of this pod')
  expect(await runInit({ ...context, env: { ...pod.env(), ARGO_TEMPLATE: '{' } })).toBe(2)
  expect(await runInit({ ...context, env: { ...pod.env({}), ARGO_DEADLINE: 'soon' } })).toBe(2)
})

test('an offloaded template is read from its file', async () => {
  mkdirSync(pod.layout.offload, { recursive: true })
  writeFileSync(join(pod.layout.offload, 'ARGO_TEMPLATE'), '{"name":"big"}')
  expect(
    await runInit({
      env: { ...pod.env(), ARGO_TEMPLATE: 'offloaded' },
      layout: pod.layout,
      log: pod.log,
      signal,
    }),
  ).toBe(0)
  expect(readFileSync(pod.layout.templateFile, 'utf8')).toBe('{"name":"big"}')
})

test('a second start of the same pod succeeds', async () => {
  store.files.set(
    '/d',
    tarGz([
      { name: 'd/', type: 'dir', mode: '0755' },
      { name: 'd/x', type: 'file', mode: '0644', content: 'X' },
    ]),
  )
  const template: Template = { container: {}, inputs: { artifacts: [input('d')] } }
  expect(await run(template)).toBe(0)
  chmodSync(loaded('d'), 0o755)
  expect(await run(template)).toBe(0)
  expect(lstatSync(join(loaded('d'), 'x')).isFile()).toBe(true)
})
