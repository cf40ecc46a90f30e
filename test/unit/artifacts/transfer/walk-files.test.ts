// Reading a directory that belongs to somebody else.

import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openBelow, walkFiles } from '../../../../artifacts/transfer/walk-files.ts'

let folder = ''
let root = -1

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argo-walk-'))
  mkdirSync(join(folder, 'tree/a/b'), { recursive: true })
  mkdirSync(join(folder, 'tree/empty'))
  mkdirSync(join(folder, 'outside'))
  writeFileSync(join(folder, 'outside/secret'), 'secret')
  writeFileSync(join(folder, 'tree/a/b/file'), 'text')
  writeFileSync(join(folder, 'tree/z'), '')
  root = openSync(join(folder, 'tree'), constants.O_RDONLY | constants.O_DIRECTORY)
})
afterEach(() => {
  closeSync(root)
  rmSync(folder, { recursive: true, force: true })
})

describe('walkFiles', () => {
  test('files in order, empty folders, and what is left out', () => {
    symlinkSync('../outside', join(folder, 'tree/link'))
    execFileSync('mkfifo', [join(folder, 'tree/pipe')])
    const skipped: string[] = []
    expect(walkFiles(root, (name, why) => skipped.push(`${name}: ${why}`))).toEqual([
      'a/b/file',
      'empty/',
      'z',
    ])
    expect(skipped).toEqual(['link: symbolic link', 'pipe: pipe'])
  })

  test('a name that no object key can have', () => {
    writeFileSync(Buffer.concat([Buffer.from(join(folder, 'tree/a/')), Buffer.from([0xff, 0xfe])]), '')
    expect(() => walkFiles(root, () => {})).toThrow(expect.objectContaining({ code: 'ERR_INVALID_INPUT' }))
  })
})

describe('openBelow', () => {
  test('the file itself', () => {
    const descriptor = openBelow(root, 'a/b/file')
    expect(readFileSync(descriptor, 'utf8')).toBe('text')
    closeSync(descriptor)
  })

  test.each([
    ['a folder on the way became a link', 'a', '../outside', 'a/b/file'],
    ['the file became a link', 'z', '../outside/secret', 'z'],
  ])('%s: refused', (_name, from, target, name) => {
    renameSync(join(folder, 'tree', from), join(folder, 'moved'))
    symlinkSync(target, join(folder, 'tree', from))
    expect(() => openBelow(root, name)).toThrow(expect.objectContaining({ code: 'ERR_UNSAFE_PATH' }))
  })

  test('the file became a pipe: refused without waiting for a writer', () => {
    rmSync(join(folder, 'tree/z'))
    execFileSync('mkfifo', [join(folder, 'tree/z')])
    expect(() => openBelow(root, 'z')).toThrow(expect.objectContaining({ code: 'ERR_UNSAFE_PATH' }))
  })
})
