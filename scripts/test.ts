// `npm test`, `npm run test:cluster`, `npm run test:faults`: builds what is stale, runs the tests of that kind, tells what
// was skipped and why. Further words go to vitest, e.g. a file.

import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const kinds = ['cluster', 'faults']
const kind = kinds.find((name) => process.argv.includes(`--${name}`)) ?? 'all'
const rest = process.argv.slice(2).filter((word) => !kinds.includes(word.replace(/^--/, '')))

execFileSync(join(root, 'argo'), ['version'], { stdio: ['ignore', 'ignore', 2] })
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const result = spawnSync(process.execPath, ['--no-warnings', vitest, 'run', '--root', root, ...rest], {
  stdio: 'inherit',
  cwd: root,
  env: { ...process.env, TEST_KIND: kind },
})
process.exit(result.status ?? 1)
