// The termination message of a container.

import { mkdtempSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeTerminationMessage } from '../../../src/process/termination-message.ts'

const folder = mkdtempSync(join(tmpdir(), 'termination-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('replaces what is there and is cut to what the kubelet keeps', () => {
  const path = join(folder, 'log')
  writeFileSync(path, 'old and longer')
  writeTerminationMessage('new', path)
  expect(readFileSync(path, 'utf8')).toBe('new')
  writeTerminationMessage('x'.repeat(5000), path)
  expect(readFileSync(path).length).toBe(4096)
})

test('makes no file where the kubelet has made none', () => {
  const path = join(folder, 'none')
  writeTerminationMessage('new', path)
  expect(existsSync(path)).toBe(false)
})
