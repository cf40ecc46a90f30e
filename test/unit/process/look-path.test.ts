// The look-up of the command's program, with Go's rules and words.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lookPath } from '../../../src/process/look-path.ts'
import { describeNeeding } from '../../rig/needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'look-path-'))
const here = process.cwd()

beforeAll(() => {
  for (const name of ['a', 'b', 'b/folder', 'ü']) mkdirSync(join(folder, name))
  for (const [name, mode] of [
    ['a/plain', 0o644],
    ['b/plain', 0o755],
    ['b/tool', 0o755],
    ['ü/only', 0o711],
  ] as const) {
    writeFileSync(join(folder, name), '')
    chmodSync(join(folder, name), mode)
  }
  symlinkSync('nowhere', join(folder, 'a/tool'))
  process.chdir(join(folder, 'b'))
})
afterAll(() => {
  process.chdir(here)
  rmSync(folder, { recursive: true, force: true })
})

function look(name: string, path?: string): string {
  return lookPath(Buffer.from(name), path === undefined ? undefined : Buffer.from(path)).toString()
}

test('takes the first that can be executed', () => {
  const path = `${folder}/nowhere:${folder}/a:${folder}/b/:${folder}/ü`
  expect(look('plain', path)).toBe(`${folder}/b/plain`)
  expect(look('tool', path)).toBe(`${folder}/b/tool`)
  expect(look('only', path)).toBe(`${folder}/ü/only`)
})

test('a name with a slash is taken as it is', () => {
  expect(look('./tool')).toBe('./tool')
  expect(look('folder/../tool')).toBe('folder/../tool')
  expect(look(`${folder}/b/tool`, '')).toBe(`${folder}/b/tool`)
})

test.each([
  ['none', '/usr/bin', 'exec: "none": executable file not found in $PATH'],
  ['tool', '', 'exec: "tool": executable file not found in $PATH'],
  ['tool', undefined, 'exec: "tool": executable file not found in $PATH'],
  ['folder', '/nowhere', 'exec: "folder": executable file not found in $PATH'],
  ['tool', '.', 'exec: "tool": cannot run executable found relative to current directory'],
  ['tool', ':/usr/bin', 'exec: "tool": cannot run executable found relative to current directory'],
  ['', '/usr/bin', 'exec: "": executable file not found in $PATH'],
  ['..', '/usr', 'exec: "..": executable file not found in $PATH'],
  ['/no/where', '/usr/bin', 'exec: "/no/where": stat /no/where: no such file or directory'],
  ['./tool/x', '/usr/bin', 'exec: "./tool/x": stat ./tool/x: not a directory'],
  ['./folder', '/usr/bin', 'exec: "./folder": is a directory'],
  ['quote"d', '/usr/bin', 'exec: "quote\\"d": executable file not found in $PATH'],
])('%j in %j is refused', (name, path, reason) => {
  expect(() => look(name, path)).toThrow(`failed to find name in PATH: ${reason}`)
})

test('a file without an executable bit is refused', () => {
  expect(() => look(`${folder}/a/plain`)).toThrow(
    `failed to find name in PATH: exec: "${folder}/a/plain": permission denied`,
  )
})

test('bytes that are no UTF-8 are kept', () => {
  const path = Buffer.concat([Buffer.from(folder), Buffer.from('/\xff', 'latin1')])
  mkdirSync(path)
  writeFileSync(Buffer.concat([path, Buffer.from('/x\xfe', 'latin1')]), '', { mode: 0o755 })
  expect(lookPath(Buffer.from('x\xfe', 'latin1'), path)).toEqual(
    Buffer.concat([path, Buffer.from('/x\xfe', 'latin1')]),
  )
})

describeNeeding({ programs: ['sh'] }, 'what is found', () => {
  test('is what a shell finds', () => {
    expect(look('sh', '/nowhere:/usr/bin:/bin')).toMatch(/^\/(usr\/)?bin\/sh$/)
  })
})
