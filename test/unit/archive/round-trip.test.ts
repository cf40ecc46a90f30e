// What is packed comes back as it was, through our own reader and through other programs.

import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { execa } from 'execa'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { packTarGz } from '../../../src/archive/pack-tar-gz.ts'
import { packZip } from '../../../src/archive/pack-zip.ts'
import { unpack } from '../../../src/archive/unpack.ts'
import { listTree } from '../../rig/archives.ts'
import { describeNeeding } from '../../rig/needs.ts'

let folder: string
let umask: number

beforeEach(() => {
  umask = process.umask(0o022)
  folder = mkdtempSync(join(tmpdir(), 'round-'))
})

afterEach(() => {
  process.umask(umask)
  rmSync(folder, { recursive: true })
})

/** Names that hurt: long, unicode, spaces, newlines, quotes, leading dashes. */
function makeTree(): string {
  const root = join(folder, 'tree')
  mkdirSync(join(root, 'sub dir/empty'), { recursive: true })
  writeFileSync(join(root, 'plain'), 'plain')
  writeFileSync(join(root, 'sub dir/日本語 ☃'), 'unicode')
  writeFileSync(join(root, 'new\nline "quoted"'), 'odd')
  writeFileSync(join(root, '-rf'), '')
  mkdirSync(join(root, 'n'.repeat(120)))
  writeFileSync(join(root, 'n'.repeat(120), 'm'.repeat(200)), 'long')
  writeFileSync(join(root, 'run.sh'), '#!/bin/sh\n')
  chmodSync(join(root, 'run.sh'), 0o755)
  symlinkSync('plain', join(root, 'link'))
  symlinkSync('x'.repeat(150), join(root, 'dangling'))
  writeFileSync(join(root, 'big'), Buffer.alloc(3_000_001, 7))
  utimesSync(join(root, 'plain'), 1_000_000_000, 1_000_000_000)
  return root
}

const sizes = (root: string): string[] => listTree(root).map((line) => line.slice(0, 300))

test('a directory comes back with names, modes, links and times', async () => {
  const root = makeTree()
  const warnings: string[] = []
  await packTarGz(root, join(folder, 'a.tgz'), { onWarning: (text) => warnings.push(text) })
  await unpack('tar', join(folder, 'a.tgz'), join(folder, 'back'))
  expect(sizes(join(folder, 'back'))).toEqual(sizes(root))
  expect(statSync(join(folder, 'back/plain')).mtimeMs).toBe(1_000_000_000_000)
  expect(readFileSync(join(folder, 'back/big')).equals(readFileSync(join(root, 'big')))).toBe(true)
  expect(warnings).toEqual([])
})

test('equal trees give equal bytes', async () => {
  const root = makeTree()
  await packTarGz(root, join(folder, 'a.tgz'))
  await packTarGz(root, join(folder, 'b.tgz'))
  expect(readFileSync(join(folder, 'a.tgz')).equals(readFileSync(join(folder, 'b.tgz')))).toBe(true)
})

test('zip keeps names and modes; links become files with their target', async () => {
  const root = makeTree()
  await packZip(root, join(folder, 'a.zip'))
  await unpack('zip', join(folder, 'a.zip'), join(folder, 'back'))
  const asFiles = sizes(root).map((line) => line.replace(/: L\S+ -> /, ': -rwxr-xr-x '))
  expect(sizes(join(folder, 'back'))).toEqual(asFiles)
})

test('a single file becomes the destination itself', async () => {
  writeFileSync(join(folder, 'one'), '1')
  await packTarGz(join(folder, 'one'), join(folder, 'a.tgz'))
  await unpack('tar', join(folder, 'a.tgz'), join(folder, 'back'))
  expect(readFileSync(join(folder, 'back'), 'utf8')).toBe('1')
})

test('names that are not UTF-8 keep their bytes', async () => {
  const root = Buffer.from(join(folder, 'raw'))
  mkdirSync(root)
  const names = [
    Buffer.from([0x6c, 0x61, 0x74, 0xe9]),
    Buffer.from('日\u00e9'),
    Buffer.from([0xff, 0xfe, 0x0a]),
  ]
  for (const name of names) writeFileSync(Buffer.concat([root, Buffer.from('/'), name]), name)
  await packTarGz(join(folder, 'raw'), join(folder, 'a.tgz'))
  await unpack('tar', join(folder, 'a.tgz'), join(folder, 'back'))
  expect(
    readdirSync(join(folder, 'back'), 'buffer')
      .map((name) => name.toString('hex'))
      .toSorted(),
  ).toEqual(names.map((name) => name.toString('hex')).toSorted())
})

test('hard links of other packers are made, and share their content', async () => {
  mkdirSync(join(folder, 'h'))
  writeFileSync(join(folder, 'h/a'), 'shared')
  linkSync(join(folder, 'h/a'), join(folder, 'h/b'))
  await execa('tar', ['czf', join(folder, 'a.tgz'), '-C', folder, 'h'])
  await unpack('tar', join(folder, 'a.tgz'), join(folder, 'back'))
  expect(statSync(join(folder, 'back/a')).ino).toBe(statSync(join(folder, 'back/b')).ino)
})

test('a socket is left out, a pipe is kept by name only; both are told', async () => {
  const root = join(folder, 's')
  mkdirSync(root)
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(join(root, 'socket'), resolve))
  await execa('mkfifo', [join(root, 'pipe')])
  const warnings: string[] = []
  await packTarGz(root, join(folder, 'a.tgz'), { onWarning: (text) => warnings.push(text) })
  server.close()
  expect(warnings.join()).toMatch(/pipe is a device or a pipe.*socket is a socket/)
  await unpack('tar', join(folder, 'a.tgz'), join(folder, 'back'), {
    onWarning: (text) => warnings.push(text),
  })
  expect(readdirSync(join(folder, 'back'))).toEqual([])
})

test('a level out of range is refused in the words of the contract, and nothing is left', async () => {
  writeFileSync(join(folder, 'one'), '1')
  await expect(packTarGz(join(folder, 'one'), join(folder, 'out/a.tgz'), { level: 10 })).rejects.toThrow(
    'gzip: invalid compression level: 10',
  )
  expect(readdirSync(join(folder, 'out'))).toEqual([])
})

test('a missing path and one that is neither file nor folder', async () => {
  await expect(packTarGz(join(folder, 'none'), join(folder, 'a.tgz'))).rejects.toThrow(/ENOENT/)
  await expect(packTarGz('/dev/null', join(folder, 'a.tgz'))).rejects.toThrow(
    '/dev/null is not a regular file or directory',
  )
})

test('a file that shrinks or grows while it is read fails the packing', async () => {
  for (const change of ['', 'x'.repeat(40_000_000)]) {
    const path = join(folder, 'moving')
    writeFileSync(path, Buffer.alloc(20_000_000, 1))
    const packed = packTarGz(path, join(folder, 'a.tgz'))
    await new Promise((resolve) => setImmediate(resolve))
    writeFileSync(path, change)
    await expect(packed).rejects.toThrow(/shrank|grew/)
  }
  expect(readdirSync(folder)).toEqual(['moving'])
})

test('an abort stops the packing and leaves nothing', async () => {
  const root = makeTree()
  await expect(
    packTarGz(root, join(folder, 'a.tgz'), { signal: AbortSignal.abort(new Error('enough')) }),
  ).rejects.toThrow('enough')
  expect(readdirSync(folder)).toEqual(['tree'])
})

describeNeeding({ namespaces: true }, 'a full disk', () => {
  test.each(['a.tgz', 'a.zip'])('fails the packing and leaves no truncated %s', async (name) => {
    writeFileSync(join(folder, 'noise'), randomBytes(3_000_000))
    mkdirSync(join(folder, 'small'))
    const script = 'mount -t tmpfs -o size=1m tmpfs "$1"; "$2" --no-warnings "$3" "$4" "$1/$5"; ls "$1"'
    const program = join(import.meta.dirname, '../../fixtures/archive/pack.ts')
    const { stdout } = await execa('unshare', [
      '-Urm',
      'sh',
      '-ec',
      script,
      'sh',
      join(folder, 'small'),
      process.execPath,
      program,
      join(folder, 'noise'),
      name,
    ])
    expect(stdout).toMatch(/^ENOSPC: [^\n]*$/)
  })
})

describeNeeding({ programs: ['tar'] }, 'GNU tar', () => {
  test('reads what we write', async () => {
    const root = makeTree()
    await packTarGz(root, join(folder, 'a.tgz'))
    mkdirSync(join(folder, 'gnu'))
    await execa('tar', ['xzf', join(folder, 'a.tgz'), '-C', join(folder, 'gnu')])
    expect(sizes(join(folder, 'gnu/tree'))).toEqual(sizes(root))
  })

  test.each(['gnu', 'pax', 'ustar', 'v7'])('we read its %s format', async (format) => {
    const root = join(folder, 'simple')
    mkdirSync(join(root, 'd'), { recursive: true })
    const name = format === 'gnu' || format === 'pax' ? 'é'.repeat(90) : 'short'
    writeFileSync(join(root, 'd', name), 'content')
    if (format === 'gnu' || format === 'pax') symlinkSync('y'.repeat(180), join(root, 'link'))
    await execa('tar', ['czf', join(folder, 'a.tgz'), `--format=${format}`, '-C', folder, 'simple'])
    await unpack('tar', join(folder, 'a.tgz'), join(folder, 'back'))
    expect(listTree(join(folder, 'back'))).toEqual(listTree(root))
  })

  test('a sparse file is refused, not garbled', async () => {
    await execa('truncate', ['-s', '10M', join(folder, 'sparse')])
    for (const format of ['gnu', 'pax']) {
      await execa('tar', [
        'czf',
        join(folder, 'a.tgz'),
        '--sparse',
        `--format=${format}`,
        '-C',
        folder,
        'sparse',
      ])
      await expect(unpack('tar', join(folder, 'a.tgz'), join(folder, 'back'))).rejects.toThrow('--sparse')
    }
  })
})

describeNeeding({ programs: ['python3'] }, 'Python', () => {
  test('reads our zip, single file under its own name', async () => {
    writeFileSync(join(folder, 'one.txt'), '1')
    await packZip(join(folder, 'one.txt'), join(folder, 'a.zip'))
    const { stdout } = await execa('python3', [
      '-c',
      'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist())',
      join(folder, 'a.zip'),
    ])
    expect(stdout).toBe("None ['one.txt']")
  })

  test('reads our long and large headers', async () => {
    const root = makeTree()
    await packTarGz(root, join(folder, 'a.tgz'))
    const { stdout } = await execa('python3', [
      '-c',
      'import sys,tarfile; print(len(tarfile.open(sys.argv[1]).getnames()))',
      join(folder, 'a.tgz'),
    ])
    expect(Number(stdout)).toBe(listTree(root).length)
  })
})

describe('properties', () => {
  const name = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .filter(
      (text) =>
        text.isWellFormed() &&
        !text.includes('/') &&
        !text.includes('\u0000') &&
        text !== '.' &&
        text !== '..' &&
        Buffer.byteLength(text) < 200,
    )
  const tree = fc.dictionary(
    name,
    fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.dictionary(name, fc.uint8Array({ maxLength: 600 }), { maxKeys: 3 }),
    ),
    { maxKeys: 6 },
  )

  test('any tree survives tar.gz', async () => {
    let count = 0
    await fc.assert(
      fc.asyncProperty(tree, fc.integer({ min: 0, max: 9 }), async (contents, level) => {
        const root = join(folder, `t${count++}`)
        mkdirSync(root)
        for (const [key, value] of Object.entries(contents)) {
          if (value instanceof Uint8Array) writeFileSync(join(root, key), value)
          else {
            mkdirSync(join(root, key))
            for (const [inner, bytes] of Object.entries(value))
              writeFileSync(join(root, key, inner), bytes as Uint8Array)
          }
        }
        await packTarGz(root, `${root}.tgz`, { level })
        await unpack('tar', `${root}.tgz`, `${root}.back`)
        expect(listTree(`${root}.back`)).toEqual(listTree(root))
      }),
      { numRuns: 40 },
    )
  })

  test('a cut or flipped archive is an error, never a shorter result', async () => {
    const root = makeTree()
    rmSync(join(root, 'big'))
    await packTarGz(root, join(folder, 'a.tgz'))
    const whole = readFileSync(join(folder, 'a.tgz'))
    const plain = gunzipSync(whole)
    const broken = (bytes: Buffer): Promise<unknown> => {
      rmSync(join(folder, 'back'), { recursive: true, force: true })
      writeFileSync(join(folder, 'broken'), bytes)
      return unpack('tar', join(folder, 'broken'), join(folder, 'back')).then(
        () => 'accepted',
        () => 'refused',
      )
    }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: whole.length - 1 }), async (at) => {
        expect(await broken(whole.subarray(0, at))).toBe('refused')
      }),
      { numRuns: 30 },
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: plain.length - 1 }), async (at) => {
        // One of the two zero blocks at the end is enough: everything before it is there.
        expect(await broken(plain.subarray(0, at))).toBe(at >= plain.length - 512 ? 'accepted' : 'refused')
      }),
      { numRuns: 30 },
    )
    for (let at = 10; at < whole.length; at += 29) {
      const flipped = Buffer.from(whole)
      flipped.writeUInt8((flipped[at] ?? 0) ^ 0xff, at)
      expect(await broken(flipped)).toBe('refused')
    }
  })
})
