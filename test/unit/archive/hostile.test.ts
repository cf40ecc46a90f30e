// Archives and names made to leave their destination.

import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openInRoot } from '../../../src/archive/open-in-root.ts'
import { SafeDir } from '../../../src/archive/safe-dir.ts'
import { unpack } from '../../../src/archive/unpack.ts'
import { listTree, writeTarGz, writeZip, type RecipeEntry } from '../../rig/archives.ts'

let folder: string
let umask: number

beforeEach(() => {
  umask = process.umask(0o022)
  folder = mkdtempSync(join(tmpdir(), 'hostile-'))
  mkdirSync(join(folder, 'outside'))
  writeFileSync(join(folder, 'outside/pwned'), 'safe')
})

afterEach(() => {
  process.umask(umask)
  rmSync(folder, { recursive: true })
})

const file = (name: string, content = 'x'): RecipeEntry => ({ name, type: 'file', mode: '0644', content })
const link = (name: string, target: string): RecipeEntry => ({
  name,
  type: 'symlink',
  link: target,
  mode: '0777',
})

async function extract(...entries: readonly RecipeEntry[]): Promise<string> {
  writeTarGz(join(folder, 'a.tgz'), entries)
  return unpack('tar', join(folder, 'a.tgz'), join(folder, 'dest')).then(
    () => 'ok',
    (error: Error) => error.message,
  )
}

test('a file through a link inside lands where the link leads', async () => {
  expect(
    await extract({ name: 'd/', type: 'dir', mode: '0755' }, link('l', 'd'), file('l/f', 'through')),
  ).toBe('ok')
  expect(listTree(join(folder, 'dest'))).toEqual([
    '.: drwxr-xr-x',
    'd/f: -rw-r--r-- through',
    'd: drwxr-xr-x',
    'l: Lrwxrwxrwx -> d',
  ])
})

test('links that are harmless one by one but lead out together', async () => {
  expect(await extract(link('x', '.'), link('y', 'x/..'), file('y/outside/pwned', 'pwned'))).toMatch(
    /^illegal (file path|symlink target)/,
  )
  expect(await extract(file('a', 'a'), link('x', '.'), link('y', 'x/..'))).toBe(
    'illegal symlink target: y -> x/..',
  )
  expect(await extract(link('d', 'e'), link('e', 'd'), file('d/f'))).toMatch(/^illegal symlink target/)
})

test('a hard link through a planned link, and one to a file that is not there, are left out', async () => {
  expect(
    await extract(
      file('a', 'a'),
      { name: 'h', type: 'link', link: '../outside/pwned', mode: '0644' },
      { name: 'g', type: 'link', link: 'none', mode: '0644' },
    ),
  ).toBe('ok')
  expect(readFileSync(join(folder, 'dest'), 'utf8')).toBe('a')
})

test('a file that replaces a hard link does not write through it', async () => {
  expect(
    await extract(
      file('a', 'first'),
      { name: 'b', type: 'link', link: 'a', mode: '0644' },
      file('b', 'second'),
    ),
  ).toBe('ok')
  expect(listTree(join(folder, 'dest'))).toEqual([
    '.: drwxr-xr-x',
    'a: -rw-r--r-- first',
    'b: -rw-r--r-- second',
  ])
})

test('a file where a folder is, and a folder where a file is', async () => {
  expect(await extract(file('a/b'), file('a'))).toBe(`open ${join(folder, 'dest.tmpdir')}/a: is a directory`)
  expect(await extract(file('a'), file('a/b'))).toBe(
    `mkdir ${join(folder, 'dest.tmpdir')}/a: not a directory`,
  )
  expect(readdirSync(folder).toSorted()).toEqual(['a.tgz', 'outside'])
})

test('an archive without members becomes an empty folder; "./" is the folder itself', async () => {
  expect(await extract()).toBe('ok')
  expect(listTree(join(folder, 'dest'))).toEqual(['.: drwxr-xr-x'])
  rmSync(join(folder, 'dest'), { recursive: true })
  expect(await extract({ name: './', type: 'dir', mode: '0755' }, file('./a', 'A'))).toBe('ok')
  expect(readFileSync(join(folder, 'dest'), 'utf8')).toBe('A')
})

test('no archive, tar or zip, touches what lies outside', async () => {
  const part = fc.constantFrom('a', 'b', '..', '.', '', 'outside', 'pwned', 'dest.tmpdir')
  const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'))
  const target = fc.oneof(
    name,
    name.map((text) => `/${text}`),
    fc.constant('OUT'),
    fc.constant('OUT/pwned'),
  )
  const entry = fc.record({ name, target, type: fc.constantFrom('file', 'dir', 'symlink', 'link') })
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 8 }), fc.boolean(), async (list, zip) => {
      const entries = list.map(({ name: text, target: to, type }): RecipeEntry => ({
        name: type === 'dir' ? `${text}/` : text || 'n',
        type: type as RecipeEntry['type'],
        mode: '0755',
        content: 'pwned',
        link: to.replace('OUT', join(folder, 'outside')),
      }))
      const archive = join(folder, 'any')
      if (zip) writeZip(archive, entries)
      else writeTarGz(archive, entries)
      await unpack(zip ? 'zip' : 'tar', archive, join(folder, 'dest')).catch(() => undefined)
      expect(
        readdirSync(folder)
          .filter((found) => found !== 'dest')
          .toSorted(),
      ).toEqual(['any', 'outside'])
      expect(listTree(join(folder, 'outside'))).toEqual(['.: drwxr-xr-x', 'pwned: -rw-r--r-- safe'])
      rmSync(join(folder, 'dest'), { recursive: true, force: true })
    }),
    { numRuns: 100 },
  )
})

test('object keys stay inside their folder', () => {
  const root = join(folder, 'root')
  mkdirSync(root)
  symlinkSync('../outside', join(root, 'link'))
  const dir = new SafeDir(root)
  try {
    for (const name of ['../x', '/etc/x', 'a//b', 'a/./b', 'a/../../x', '', '.', 'a\u0000b']) {
      expect(() => dir.createFile(name), name).toThrow(/refuse the name/)
      expect(() => dir.makeDir(name), name).toThrow(/refuse the name/)
    }
    expect(() => dir.createFile('link/pwned')).toThrow('not a directory')
    expect(() => dir.makeDir('link/x')).toThrow('not a directory')
    const descriptor = dir.createFile('a/b/c', 0o600)
    writeSync(descriptor, 'C')
    closeSync(descriptor)
  } finally {
    dir.close()
  }
  expect(readFileSync(join(root, 'a/b/c'), 'utf8')).toBe('C')
  expect(readFileSync(join(folder, 'outside/pwned'), 'utf8')).toBe('safe')
})

test('a folder that is exchanged for a link between two calls is not followed', () => {
  const root = join(folder, 'root')
  mkdirSync(join(root, 'a'), { recursive: true })
  const dir = new SafeDir(root)
  try {
    rmSync(join(root, 'a'), { recursive: true })
    symlinkSync(join(folder, 'outside'), join(root, 'a'))
    expect(() => dir.createFile('a/pwned')).toThrow('not a directory')
  } finally {
    dir.close()
  }
  expect(readFileSync(join(folder, 'outside/pwned'), 'utf8')).toBe('safe')
})

test('a path below a root is resolved as that root would', () => {
  const root = join(folder, 'root')
  mkdirSync(join(root, 'real/deep'), { recursive: true })
  writeFileSync(join(root, 'real/file'), 'inside')
  symlinkSync('/real', join(root, 'absolute'))
  symlinkSync('../../../../real', join(root, 'real/climb'))
  symlinkSync(join(folder, 'outside'), join(root, 'out'))
  symlinkSync('loop', join(root, 'loop'))
  const read = (path: string): string | undefined => {
    using opened = openInRoot(root, path)
    return opened === undefined
      ? undefined
      : opened.isDirectory
        ? 'folder'
        : readFileSync(opened.path, 'utf8')
  }
  expect(read('/real/file')).toBe('inside')
  expect(read('/absolute/file')).toBe('inside')
  expect(read('/real/climb/file')).toBe('inside')
  expect(read('/../../real/deep/../file')).toBe('inside')
  expect(read('/')).toBe('folder')
  expect(read('/real/')).toBe('folder')
  expect(read('/out')).toBeUndefined()
  expect(read('/out/pwned')).toBeUndefined()
  expect(read('/real/file/x')).toBeUndefined()
  expect(() => read('/loop')).toThrow('too many links')
})
