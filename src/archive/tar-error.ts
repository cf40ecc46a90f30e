// The two ways in which an archive can be bad, for the readers of tar.

import { ArgoError } from '../errors/argo-error.ts'

/** Bytes are missing: the same archive may be whole when it is loaded again. */
export function torn(what: string): ArgoError {
  return new ArgoError(`unpack the tar archive: ${what}`, { code: 'ERR_TORN_DATA' })
}

export function invalid(what: string): ArgoError {
  return new ArgoError(`unpack the tar archive: ${what}`, { code: 'ERR_INVALID_INPUT' })
}
