// The end of a log, and lines with their times.

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startOfLastLines, stampLines } from '../../../../src/local/engine/log-lines.ts'
import { readLogTimes, startLogTimes } from '../../../../src/local/engine/log-times.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argo-lines-'))
  path = join(folder, 'log')
})
afterEach(() => rmSync(folder, { recursive: true }))

test.each([
  ['', 1, 0],
  ['a', 0, 1],
  ['a', 1, 0],
  ['a\nb\n', 1, 2],
  ['a\nb', 1, 2],
  ['a\nb\nc', 2, 2],
  ['a\n\n\n', 2, 2],
  ['a\nb\n', 9, 0],
  [`${'x'.repeat(200_000)}\nend\n`, 1, 200_001],
  [`${'x'.repeat(200_000)}\nend\n`, 2, 0],
])('the end of %j in %d lines', (text, count, start) => {
  writeFileSync(path, text)
  expect(startOfLastLines(path, count)).toBe(start)
})

test('each line gets its time, wherever the pieces were cut', async () => {
  const offsets: number[] = []
  const chunks = async function* () {
    for (const piece of ['on', 'e\ntw', 'o\n', '\nend']) yield await Promise.resolve(Buffer.from(piece))
  }
  const parts: Uint8Array[] = []
  for await (const part of stampLines(chunks(), 10, (offset) => {
    offsets.push(offset)
    return new Date(0)
  }))
    parts.push(part)
  const time = '1970-01-01T00:00:00.000Z'
  expect(Buffer.concat(parts).toString()).toBe(`${time} one\n${time} two\n${time} \n${time} end`)
  expect(offsets).toEqual([10, 14, 18, 19])
})

test('times are kept beside the log and found again, also while it grows', () => {
  const before = Date.now()
  const times = startLogTimes(path)
  times.note(0)
  const timeOf = readLogTimes(path)
  expect(timeOf(5).getTime()).toBeGreaterThanOrEqual(before)
  const later = Buffer.alloc(16)
  later.writeDoubleLE(6, 0)
  later.writeDoubleLE(123_000, 8)
  appendFileSync(`${path}.times`, later)
  expect(timeOf(5).getTime()).toBeGreaterThanOrEqual(before)
  expect(timeOf(6)).toEqual(new Date(123_000))
  expect(readLogTimes(join(folder, 'older'))(7)).toEqual(new Date(0))
})
