// A log that is read while it grows.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogFile } from '../../../../src/local/engine/log-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argo-log-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString()
}

const never = new AbortController().signal

test('who follows gets all of it, also what comes later, and then the end', async () => {
  const output = new PassThrough()
  const heard: string[] = []
  const log = createLogFile(join(folder, 'a/b.log'), output, (chunk) => void heard.push(String(chunk)))
  output.write('one ')
  const following = textOf(log.read({ follow: true, signal: never }))
  await new Promise(setImmediate)
  expect(await textOf(log.read({ follow: false, signal: never }))).toBe('one ')
  output.write('two ')
  output.end('three')
  await log.ended
  expect(await following).toBe('one two three')
  expect(heard.join('')).toBe('one two three')
  expect(readFileSync(log.path, 'utf8')).toBe('one two three')
  expect(await textOf(log.read({ follow: true, signal: never }))).toBe('one two three')
})

test('who stops following is let go', async () => {
  const log = createLogFile(join(folder, 'log'), new PassThrough(), () => undefined)
  const abort = new AbortController()
  const following = textOf(log.read({ follow: true, signal: abort.signal }))
  abort.abort()
  expect(await following).toBe('')
})
