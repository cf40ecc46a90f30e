// `argoexec version`: which program this is, for people and for bug reports.

import { writeSync } from 'node:fs'
import { ArgoError } from '../src/errors/argo-error.ts'
import { buildInfo } from '../src/boot/build-info.ts'
import { parseFlags } from '../src/util/flags.ts'

/** Takes no words. Throws ERR_USAGE. */
export async function version(argv: readonly string[]): Promise<number> {
  const [word] = parseFlags(argv, {}).positionals
  if (word !== undefined)
    throw new ArgoError(`version takes no ${JSON.stringify(word)}`, { code: 'ERR_USAGE' })
  const { version: release, commit } = buildInfo()
  writeSync(1, `argoexec ${release}\ncommit ${commit}\nnode ${process.version}\n`)
  return 0
}
