// Which program this is: what people paste into bug reports.

import { execa } from 'execa'
import { expect, test } from 'vitest'
import { argoexecPath, argoPath } from '../rig/argoexec.ts'

test('version prints version, commit and the Node it runs on', async () => {
  const { stdout } = await execa(argoexecPath(), ['version'])
  expect(stdout).toMatch(/^argoexec \d+\.\d+\.\d+\ncommit \S+\nnode v26\.10\.0$/)
})

test.each([
  ['argoexec', ['--x'], 64, 'unknown flag --x'],
  ['argo', ['--x'], 2, 'unknown flag --x'],
  ['argo', ['now'], 2, 'version takes no "now"'],
])(
  '%s version %j ends with %d, in the name of the program that was called',
  async (program, words, code, text) => {
    const path = program === 'argo' ? argoPath() : argoexecPath()
    const result = await execa(path, ['version', ...words], { reject: false })
    expect(result).toMatchObject({ exitCode: code, stdout: '' })
    expect(result.stderr).toBe(`${program}: ${text}\nusage: ${program} version`)
    expect((await execa(path, ['version', '--help'])).stdout).toContain(`usage: ${program} version`)
  },
)

test('without a word the usage goes to standard error, asked for it goes to standard output', async () => {
  const silent = await execa(argoexecPath(), [], { reject: false })
  expect({ code: silent.exitCode, out: silent.stdout }).toEqual({ code: 64, out: '' })
  expect((await execa(argoexecPath(), ['--help'])).stdout).toContain('usage: argoexec COMMAND')
})
