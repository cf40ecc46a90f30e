// The words behind `emissary`: our own flags, and behind `--` the command as bytes.

import { ArgoError } from '../../src/errors/argo-error.ts'
import { givenArguments, splitNul } from '../../src/process/given-bytes.ts'
import { parseLogFlags } from './parse-log-flags.ts'

export interface CommandLine {
  readonly level: string
  /** The command's name and its arguments, at least one word. */
  readonly words: readonly Buffer[]
}

/** Throws ERR_USAGE for a wrong flag or a missing command. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const separator = argv.indexOf('--')
  const { level, rest } = parseLogFlags(separator === -1 ? argv : argv.slice(0, separator))
  const words = separator === -1 ? rest : argv.slice(separator + 1)
  if (words.length === 0) throw new ArgoError('no command was given behind --', { code: 'ERR_USAGE' })
  return { level, words: splitNul(givenArguments(words)) }
}
