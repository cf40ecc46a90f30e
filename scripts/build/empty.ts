// An executable of the same Node that does nothing: what the figures of the wrapper are held against.

import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setRunPath, strip } from './elf.ts'

/** Writes `folder/empty`; with `--memory` it prints its own smaps_rollup. */
export function buildEmpty(root: string, folder: string): string {
  const base = join(folder, 'node')
  const node = strip(readFileSync(join(root, `node_modules/node-linux-${process.arch}/bin/node`)))
  setRunPath(node, '$ORIGIN/lib')
  writeFileSync(base, node)
  chmodSync(base, 0o755)
  const main = join(folder, 'empty.cjs')
  writeFileSync(
    main,
    `if (process.argv[2] === '--memory') { const fs = require('node:fs'); fs.writeSync(1, fs.readFileSync('/proc/self/smaps_rollup')) }`,
  )
  const output = join(folder, 'empty')
  const config = join(folder, 'sea.json')
  writeFileSync(
    config,
    JSON.stringify({
      main,
      output,
      executable: base,
      useCodeCache: true,
      disableExperimentalSEAWarning: true,
      execArgv: ['--no-warnings', '--v8-pool-size=0', '--disable-sigusr1'],
      execArgvExtension: 'none',
    }),
  )
  execFileSync(base, ['--no-warnings', '--build-sea', config], { stdio: ['ignore', 'ignore', 2] })
  return output
}
