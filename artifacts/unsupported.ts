// The answer of a driver to a call that its store has no notion of.

import { ArgoError } from '../src/errors/argo-error.ts'

/** A method for a flag of Capabilities that is false; `instead` says what to use. */
export function unsupported(what: string, instead: string): () => Promise<never> {
  return async () => {
    throw new ArgoError(`${what}; ${instead}`, { code: 'ERR_NOT_IMPLEMENTED' })
  }
}
