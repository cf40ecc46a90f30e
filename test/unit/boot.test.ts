import { execa } from 'execa'
import { expect, test } from 'vitest'
import { argoexecPath, argoPath } from '../rig/argoexec.ts'

test('an unknown role names the nearest one and ends with the exit code of the program', async () => {
  const result = await execa(argoexecPath(), ['wiat'], { reject: false })
  expect(result.exitCode).toBe(64)
  expect(result.stderr).toContain('did you mean "wait"?')
  expect((await execa(argoPath(), ['rnu'], { reject: false })).exitCode).toBe(2)
})
test('version', async () => { expect((await execa(argoexecPath(), ['version'])).stdout).toMatch(/^argoexec \d+\.\d+\.\d+\ncommit \S+\nnode v26\.10\.0$/) })
