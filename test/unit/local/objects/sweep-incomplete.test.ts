// Leftovers of killed runs.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepIncomplete } from '../../../../src/local/objects/sweep-incomplete.ts'

test('old entries go, young ones stay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'argo-sweep-'))
  writeFileSync(join(folder, 'young'), '')
  writeFileSync(join(folder, 'old'), '')
  mkdirSync(join(folder, 'upload-old'))
  writeFileSync(join(folder, 'upload-old/1-part'), '')
  for (const name of ['old', 'upload-old']) utimesSync(join(folder, name), 0, 0)
  sweepIncomplete(folder, 1000)
  expect(readdirSync(folder)).toEqual(['young'])
  rmSync(folder, { recursive: true })
})
