// `npm run check`: types, lint, format, dead code, house rules. All of them run; the first failure does not hide the next.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules/.bin', name)
const node = [process.execPath, '--no-warnings']

const steps: readonly (readonly [string, readonly string[]])[] = [
  ['types', [...node, join(root, 'node_modules/typescript/bin/tsc'), '-p', root]],
  ['lint', [...node, bin('oxlint'), '--deny-warnings', root]],
  [
    'format',
    [...node, join(root, 'node_modules/prettier/bin/prettier.cjs'), '--check', '--log-level=warn', root],
  ],
  ['dead code', [...node, join(root, 'node_modules/knip/bin/knip.js'), '--directory', root]],
  [
    'house rules',
    [...node, join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', root, 'test/house'],
  ],
]

const failed: string[] = []
for (const [name, [program, ...words]] of steps) {
  const started = performance.now()
  const { status } = spawnSync(program as string, words, { cwd: root, stdio: 'inherit' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`)
  if (status !== 0) failed.push(name)
}
if (failed.length > 0) process.stdout.write(`check failed: ${failed.join(', ')}\n`)
process.exit(failed.length === 0 ? 0 : 1)
