// Object keys as file names.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fileOfKey, keyOfFile } from '../../../../src/local/objects/key-names.ts'

const key = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('.', '/', '~', '%', 'a', '\u0000'), minLength: 1, maxLength: 20 }),
  )
  .filter((text) => text.isWellFormed() && Buffer.byteLength(text) <= 1024)

describe('fileOfKey', () => {
  test('is read back, and stays below the folder', () => {
    fc.assert(
      fc.property(key, (text) => {
        const path = fileOfKey(text)
        expect(keyOfFile(path)).toBe(text)
        expect(join('/root', path).startsWith('/root/')).toBe(true)
        for (const part of path.split('/')) expect(part).toMatch(/^[\w=,@+%~-][\w=,@+%~.-]{0,254}$/)
      }),
    )
  })

  test("no two keys are in each other's way on a real file system", () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 2, maxLength: 6 }), (keys) => {
        const folder = mkdtempSync(join(tmpdir(), 'argo-keys-'))
        try {
          for (const one of keys) {
            const path = join(folder, fileOfKey(one))
            mkdirSync(dirname(path), { recursive: true })
            writeFileSync(path, one, { flag: 'wx' })
          }
        } finally {
          rmSync(folder, { recursive: true, force: true })
        }
      }),
      { numRuns: 50 },
    )
  })

  test('stays readable', () => {
    expect(fileOfKey('hello-x7/hello/result_1.tgz')).toBe('hello-x7%2Fhello%2Fresult_1.tgz')
  })
})

describe('keyOfFile', () => {
  test.each(['a b', '.hidden', 'a/b', '%2f', '%zz', '%41', ''])('%j was not written by the store', (path) => {
    expect(keyOfFile(path)).toBeUndefined()
  })
})
