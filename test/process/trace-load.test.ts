// Which bundles each role reads before it does anything, main and kill nothing but the entry, and that V8 takes their
// code caches.

import { execa } from 'execa'
import { expect, test } from 'vitest'
import { argoexecPath } from '../rig/argoexec.ts'

/** Words that end at once, and the bundles that may be read on the way, behind the entry. */
const table: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['version', ['version'], ['roles/version']],
  ['kill', ['kill', '0', String(process.pid)], []],
  ['emissary', ['emissary', '--', 'true'], []],
  ['main', ['main', '--', 'true'], []],
  ['init', ['init', '--no-such-flag'], ['roles/init']],
  ['wait', ['wait', '--no-such-flag'], ['roles/wait']],
  ['artifact', ['artifact', '--no-such-flag'], ['roles/artifact']],
  ['run', ['run', '--no-such-flag'], ['roles/run']],
  ['controller', ['controller', '--no-such-flag'], ['roles/controller']],
  ['get', ['get', '--no-such-flag'], ['roles/get']],
  ['logs', ['logs', '--no-such-flag'], ['roles/logs']],
]

test.each(table)('%s reads only its own code', async (_name, words, expected) => {
  const { stderr } = await execa(argoexecPath(), ['--trace-load', ...words], { reject: false })
  const loads = [...stderr.matchAll(/^load (\S+), code cache: (\w+)$/gm)]
  expect(loads.map(([, bundle]) => bundle)).toEqual(['src/cli', ...expected])
  expect(loads.filter(([, , cache]) => cache === 'rejected').map(([line]) => line)).toEqual([])
  expect(loads[0]?.[2]).toBe('accepted')
})

test.each(['inti', 'init --loglevle info', 'wait --log-fromat json'])(
  'argoexec %s ends with 64 and the nearest word',
  async (line) => {
    const result = await execa(argoexecPath(), line.split(' '), { reject: false })
    expect(result.exitCode).toBe(64)
    expect(result.stderr).toMatch(/did you mean/)
  },
)

test.each(['run --entrypiont x', 'controller --namespce x', 'get --outptu json'])(
  'argo %s ends with 2 and the nearest word',
  async (line) => {
    const result = await execa(argoexecPath(), line.split(' '), { reject: false })
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toMatch(/did you mean/i)
  },
)
