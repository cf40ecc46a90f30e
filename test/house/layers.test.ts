// Who may know whom: the imports that the bundler found, against the table of the house.

import { build, type Metafile } from 'esbuild'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { repositoryRoot } from '../rig/argoexec.ts'

const foundation = ['src/errors', 'src/log', 'src/util']
const language = ['src/spec', 'src/pod', 'src/expression']
const machinery = ['src/process', 'src/archive', 'src/kube', 'src/results']

/** Each room and the rooms that it may import from, beside itself. The longest matching prefix is a file's room. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'src/errors': [],
  'src/log': [],
  'src/util': foundation,
  'src/spec': [...foundation, 'src/expression'],
  'src/expression': [...foundation, 'src/spec'],
  'src/pod': [...foundation, 'src/spec', 'src/expression'],
  'src/process': [...foundation, ...language],
  'src/archive': [...foundation, ...language, 'src/process'],
  'src/kube': [...foundation, ...language],
  'src/results': [...foundation, ...language, ...machinery],
  artifacts: [...foundation, ...language, ...machinery],
  'src/controller': [...foundation, ...language, 'src/kube', 'src/results'],
  'src/local': [...foundation, ...language, 'src/kube', 'src/process'],
  roles: [
    ...foundation,
    ...language,
    ...machinery,
    'artifacts',
    'src/controller',
    'src/local',
    'src/boot/build-info.ts',
  ],
  'src/boot': foundation,
  'src/cli.ts': ['src/boot', 'src/process'],
  'src/start.ts': ['src/boot', 'src/cli.ts'],
}

/** Rooms that also run in a browser. */
const pure = ['src/spec', 'src/expression']

interface Edge {
  readonly from: string
  readonly to: string
  readonly dynamic: boolean
}

let files: readonly string[] = []
let edges: readonly Edge[] = []
let packages: readonly Edge[] = []

beforeAll(async () => {
  files = ['src', 'roles', 'artifacts'].flatMap((folder) =>
    readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  )
  const { metafile } = await build({
    entryPoints: [...files],
    absWorkingDir: repositoryRoot,
    bundle: true,
    packages: 'external',
    splitting: true,
    format: 'esm',
    platform: 'node',
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'error',
  })
  const all = edgesOf(metafile)
  edges = all.filter(({ to }) => metafile.inputs[to] !== undefined)
  packages = all.filter(({ to }) => metafile.inputs[to] === undefined)
})

describe('layers', () => {
  test('the metafile covers every source file', () => {
    expect(files.length).toBeGreaterThan(60)
    expect(edges.length).toBeGreaterThan(files.length)
  })

  test('no room imports from a room above it', () => {
    expect(edges.filter((edge) => !mayImport(edge)).map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  test('roles and drivers never know each other', () => {
    const strangers = edges.filter(
      ({ from, to }) =>
        (roleOf(from) !== undefined && roleOf(to) !== undefined && roleOf(from) !== roleOf(to)) ||
        (storeOf(from) !== undefined && storeOf(to) !== undefined && storeOf(from) !== storeOf(to)),
    )
    expect(strangers.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  test('roles and drivers are named by import() only', () => {
    const fixed = edges.filter(
      ({ from, to, dynamic }) =>
        !dynamic &&
        ((from.startsWith('src/boot/') && to.startsWith('roles/')) ||
          (storeOf(to) !== undefined && storeOf(from) === undefined)),
    )
    expect(fixed.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  test('spec and expression run in a browser: no module of Node', () => {
    const used = packages.filter(
      ({ from, to }) => pure.some((room) => from.startsWith(`${room}/`)) && to.startsWith('node:'),
    )
    expect(used.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  test('main and kill load no child_process', () => {
    const reached = closure(['roles/main.ts', 'roles/kill.ts', 'src/cli.ts'])
    const used = packages.filter(({ from, to }) => reached.has(from) && to === 'node:child_process')
    expect(used).toEqual([])
  })

  test('a package has one owning file or folder', () => {
    const owners = new Map<string, Set<string>>()
    for (const { from, to } of packages) {
      if (to.startsWith('node:')) continue
      const name = to
        .split('/')
        .slice(0, to.startsWith('@') ? 2 : 1)
        .join('/')
      owners.set(name, (owners.get(name) ?? new Set()).add(from))
    }
    const shared = [...owners]
      .filter(([, users]) => !oneOwner([...users]))
      .map(([name, users]) => `${name}: ${[...users].join(', ')}`)
    expect(shared).toEqual([])
  })
})

function edgesOf(metafile: Metafile): readonly Edge[] {
  return Object.entries(metafile.inputs).flatMap(([from, { imports }]) =>
    imports.map(({ path, kind }) => ({ from, to: path, dynamic: kind === 'dynamic-import' })),
  )
}

function roomOf(file: string): string | undefined {
  return Object.keys(allowed)
    .filter((room) => file === room || file.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0]
}

function mayImport({ from, to, dynamic }: Edge): boolean {
  const [room, target] = [roomOf(from), roomOf(to)]
  if (room === undefined || target === undefined) return false
  if (room === target) return true
  if (room === 'src/boot' && target === 'roles') return dynamic
  return (allowed[room] ?? []).some((other) => to === other || to.startsWith(`${other}/`))
}

function roleOf(file: string): string | undefined {
  return /^roles\/([^/.]+)/.exec(file)?.[1]
}

function storeOf(file: string): string | undefined {
  // What all stores share has a folder too.
  return /^artifacts\/(?!transfer\/)([^/]+)\//.exec(file)?.[1]
}

/** Static imports only: what is in memory when the role starts. */
function closure(roots: readonly string[]): ReadonlySet<string> {
  const reached = new Set(roots)
  for (const file of reached) {
    for (const { from, to, dynamic } of edges) if (from === file && !dynamic) reached.add(to)
  }
  return reached
}

/** All in one folder, of whatever depth below the rooms. */
function oneOwner(users: readonly string[]): boolean {
  if (users.length === 1) return true
  const folders = users.map((user) => user.split('/').slice(0, -1).join('/'))
  const shortest = folders.reduce((a, b) => (a.length <= b.length ? a : b))
  return (
    shortest.split('/').length >= 2 &&
    folders.every((folder) => folder === shortest || folder.startsWith(`${shortest}/`))
  )
}
