// The three flags that every container is started with. By hand, because node:util's parser would be a tenth of what
// main adds to every step.

import { ArgoError } from '../../src/errors/argo-error.ts'
import { logFlags } from '../../src/util/flags.ts'
import { nearest } from '../../src/util/nearest.ts'

/** `rest` are the words from the first one on that is no flag. Throws ERR_USAGE with the nearest flag. */
export function parseLogFlags(argv: readonly string[]): {
  readonly level: string
  readonly rest: readonly string[]
} {
  let level: string = logFlags.loglevel.default
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (!word.startsWith('-')) return { level, rest: argv.slice(at) }
    const [, name = '', attached] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
    if (!Object.hasOwn(logFlags, name)) throw unknownFlag(word, name)
    const value = attached ?? argv[++at]
    if (value === undefined) throw new ArgoError(`flag --${name} needs a value`, { code: 'ERR_USAGE' })
    if (name === 'loglevel') level = value
  }
  return { level, rest: [] }
}

function unknownFlag(word: string, name: string): ArgoError {
  const near = nearest(name, Object.keys(logFlags))
  const hint = near === undefined ? '' : `, did you mean --${near}?`
  return new ArgoError(`unknown flag ${word}${hint}`, { code: 'ERR_USAGE' })
}
