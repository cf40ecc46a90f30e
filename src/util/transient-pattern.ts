// The administrator's own list of errors that are worth another try: TRANSIENT_ERROR_PATTERN (spec executor 7).

import { ArgoError, errorMessage } from '../errors/argo-error.ts'
import type { Environment } from './environment.ts'

/**
 * A test of one message. The library of the expression is loaded only when there is a pattern. Rejects with
 * ERR_BAD_REQUEST when that is none.
 */
export async function transientPattern(env: Environment): Promise<(message: string) => boolean> {
  const pattern = env['TRANSIENT_ERROR_PATTERN'] ?? ''
  if (pattern === '') return () => false
  const { goRegexp } = await import('./go-regexp.ts')
  try {
    return goRegexp(pattern)
  } catch (error) {
    throw new ArgoError(`TRANSIENT_ERROR_PATTERN is no regular expression: ${errorMessage(error)}`, {
      code: 'ERR_BAD_REQUEST',
      cause: error,
    })
  }
}
