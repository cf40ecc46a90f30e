// The administrator's own list of errors that are worth another try: TRANSIENT_ERROR_PATTERN (spec executor 7).

import type { Environment } from './environment.ts'

/** A test of one message. The library of the expression is loaded only when there is a pattern. */
export async function transientPattern(env: Environment): Promise<(message: string) => boolean> {
  const pattern = env['TRANSIENT_ERROR_PATTERN'] ?? ''
  if (pattern === '') return () => false
  return (await import('./go-regexp.ts')).compileGoRegexp(pattern)
}
