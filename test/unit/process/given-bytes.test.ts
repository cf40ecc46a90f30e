// Arguments and environment as bytes.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  environmentValue,
  givenArguments,
  givenEnvironment,
  joinNul,
  splitNul,
} from '../../../src/process/given-bytes.ts'

const part = fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)))

test('what was joined is split again', () => {
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      expect(splitNul(joinNul(parts))).toEqual(parts)
    }),
  )
})

test('a last text without its NUL counts', () => {
  expect(splitNul(Buffer.from('a\0b')).map(String)).toEqual(['a', 'b'])
  expect(splitNul(Buffer.from('a\0\0')).map(String)).toEqual(['a', ''])
})

test('the first of two variables counts, and only a whole name', () => {
  const environ = Buffer.from('XPATH=no\0PATH\0PATH=one\0PATH=two\0')
  expect(environmentValue(environ, 'PATH')?.toString()).toBe('one')
  expect(environmentValue(environ, 'NONE')).toBeUndefined()
})

test('the bytes behind the last words are found', () => {
  const module = JSON.stringify(join(import.meta.dirname, '../../../src/process/given-bytes.ts'))
  const program = `import { givenArguments } from ${module}
process.stdout.write(givenArguments(process.argv.slice(3)).toString('hex'))`
  const start = `exec "$0" --input-type=module -e "$1" first -- "$(printf '\\377a')" '' ü`
  const { stdout } = spawnSync('sh', ['-c', start, process.execPath, program], { encoding: 'utf8' })
  expect(Buffer.from(stdout, 'hex')).toEqual(
    Buffer.concat([Buffer.from('\xffa\0\0', 'latin1'), Buffer.from('ü\0')]),
  )
})

test('words that are not those of the command line are encoded', () => {
  expect(givenArguments(['not', 'ours']).toString()).toBe('not\0ours\0')
  expect(givenArguments([]).length).toBe(0)
})

test('a replaced environment is taken from the fallback', () => {
  expect(givenEnvironment({ A: '1', B: undefined, C: 'ü' }, true).toString()).toBe('A=1\0C=ü\0')
  expect(environmentValue(givenEnvironment({}, false), 'PATH')?.toString()).toBe(process.env['PATH'])
})
