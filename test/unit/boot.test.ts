// Which program this is: what people paste into bug reports.

import { execa } from 'execa'
import { expect, test } from 'vitest'
import { argoexecPath } from '../rig/argoexec.ts'

test('version prints version, commit and the Node it runs on', async () => {
  const { stdout } = await execa(argoexecPath(), ['version'])
  expect(stdout).toMatch(/^argoexec \d+\.\d+\.\d+\ncommit \S+\nnode v26\.10\.0$/)
})

test('without a word the usage goes to standard error, asked for it goes to standard output', async () => {
  const silent = await execa(argoexecPath(), [], { reject: false })
  expect({ code: silent.exitCode, out: silent.stdout }).toEqual({ code: 64, out: '' })
  expect((await execa(argoexecPath(), ['--help'])).stdout).toContain('usage: argoexec COMMAND')
})
