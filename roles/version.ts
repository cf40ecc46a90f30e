// `argoexec version`: which program this is, for people and for bug reports.

import { writeSync } from 'node:fs'
import { buildInfo } from '../src/boot/build-info.ts'

/** Always succeeds. */
export function version(): Promise<number> {
  const { version: release, commit } = buildInfo()
  writeSync(1, `argoexec ${release}\ncommit ${commit}\nnode ${process.version}\n`)
  return Promise.resolve(0)
}
