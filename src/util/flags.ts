// Flags of a role: parsed by node:util, refused with the nearest match.

import { parseArgs, type ParseArgsConfig } from 'node:util'
import { ArgoError, errorMessage } from '../errors/argo-error.ts'
import { nearest } from './nearest.ts'

type FlagOptions = NonNullable<ParseArgsConfig['options']>
type Parsed<T extends FlagOptions> = ReturnType<
  typeof parseArgs<{ options: T; allowPositionals: true; args: string[] }>
>

/** Flags that every role of the executor takes, as the controller passes them. */
export const logFlags = {
  loglevel: { type: 'string', default: 'info' },
  'log-format': { type: 'string', default: 'text' },
  // parity: Argo's pods pass it; it sets the level of a library that we do not have.
  gloglevel: { type: 'string', default: '0' },
} as const satisfies FlagOptions

/** Flags of init and wait: the kubectl-style ones come from `executor.args` and from `kubeConfig` of the configuration. */
export const executorFlags = {
  ...logFlags,
  kubeconfig: { type: 'string' },
  namespace: { type: 'string', short: 'n' },
} as const satisfies FlagOptions

/** Level and format of the log from the flags above; unknown words are a usage error. */
export function loggerOptions(values: { readonly loglevel: string; readonly 'log-format': string }): {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly format: 'text' | 'json'
} {
  const level = {
    trace: 'debug',
    debug: 'debug',
    info: 'info',
    warn: 'warn',
    warning: 'warn',
    error: 'error',
    fatal: 'error',
    panic: 'error',
  } as const
  const format = values['log-format']
  if (!Object.hasOwn(level, values.loglevel)) {
    throw new ArgoError(`unknown log level ${JSON.stringify(values.loglevel)}: debug, info, warn or error`, {
      code: 'ERR_USAGE',
    })
  }
  if (format !== 'text' && format !== 'json') {
    throw new ArgoError(`unknown log format ${JSON.stringify(format)}: text or json`, { code: 'ERR_USAGE' })
  }
  return { level: level[values.loglevel as keyof typeof level], format }
}

/** Throws ArgoError ERR_USAGE that names the wrong word and the nearest right one. */
export function parseFlags<const T extends FlagOptions>(argv: readonly string[], options: T): Parsed<T> {
  const names = Object.keys(options)
  for (const word of argv) {
    if (word === '--') break
    const name = /^--(?:no-)?([^=]+)/.exec(word)?.[1]
    if (name !== undefined && !names.includes(name)) {
      const near = nearest(name, names)
      throw new ArgoError(`unknown flag --${name}${near === undefined ? '' : `, did you mean --${near}?`}`, {
        code: 'ERR_USAGE',
      })
    }
  }
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true }) as Parsed<T>
  } catch (error) {
    throw new ArgoError(errorMessage(error), { code: 'ERR_USAGE', cause: error })
  }
}
