// Arguments from a file.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { appendArgsFile } from '../../../../roles/main/container-args.ts'
import { parseLogFlags } from '../../../../roles/main/parse-log-flags.ts'

const folder = mkdtempSync(join(tmpdir(), 'container-args-'))
const file = join(folder, 'args')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('counts bytes, not characters', () => {
  writeFileSync(file, JSON.stringify(['x'.repeat(131_072), 'ü'.repeat(65_537)]))
  const args = appendArgsFile([Buffer.from('first')], file, folder)
  expect(args.map(String)).toEqual(['first', 'x'.repeat(131_072), `@${folder}/argo_arg_2.txt`])
  expect(readFileSync(`${folder}/argo_arg_2.txt`, 'utf8')).toBe('ü'.repeat(65_537))
})

test.each([
  ['{', 'failed to unmarshal container args from'],
  ['{"a":1}', 'not a list of texts'],
  ['[1]', 'not a list of texts'],
  ['["a\\u0000b"]', 'not a list of texts without NUL'],
])('%j is refused', (content, message) => {
  writeFileSync(file, content)
  expect(() => appendArgsFile([], file, folder)).toThrow(message)
})

test('a missing file is named', () => {
  expect(() => appendArgsFile([], '/nowhere/args', folder)).toThrow(
    'failed to read container args file /nowhere/args',
  )
})

test('the three flags are read, in both forms, up to the first word', () => {
  expect(parseLogFlags(['--loglevel', 'debug', '--log-format=json', '--gloglevel', '0', 'sh', '-c'])).toEqual(
    {
      level: 'debug',
      rest: ['sh', '-c'],
    },
  )
  expect(parseLogFlags([])).toEqual({ level: 'info', rest: [] })
  expect(() => parseLogFlags(['--loglevle', 'x'])).toThrow(
    'unknown flag --loglevle, did you mean --loglevel?',
  )
  expect(() => parseLogFlags(['-c'])).toThrow('unknown flag -c')
  expect(() => parseLogFlags(['--loglevel'])).toThrow('flag --loglevel needs a value')
})
