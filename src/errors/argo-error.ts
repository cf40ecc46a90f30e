// The one error class of the project: what went wrong as a stable code, whether a retry is worth it, and the facts.

/**
 * Stable codes, one row each in docs/errors.md. The first seven are Argo's own (spec executor 4.9): other parties
 * match on them, so their text never changes.
 */
export type ErrorCode =
  | 'ERR_NOT_FOUND'
  | 'ERR_BAD_REQUEST'
  | 'ERR_INTERNAL'
  | 'ERR_NOT_IMPLEMENTED'
  | 'ERR_FORBIDDEN'
  | 'ERR_UNAUTHORIZED'
  | 'ERR_TIMEOUT'
  | 'ERR_CONFLICT'
  | 'ERR_GONE'
  | 'ERR_UNAVAILABLE'
  | 'ERR_INVALID_INPUT'
  | 'ERR_USAGE'
  | 'ERR_UNSAFE_PATH'
  | 'ERR_TORN_DATA'
  | 'ERR_PROCESS'
  | 'ERR_ISOLATION'
  | 'ERR_CANCELED'

export interface ErrorFacts {
  readonly code: ErrorCode
  /** Whether the same call may succeed when it is made again. Default false. */
  readonly retryable?: boolean
  /** What is known beside the message: never a secret, never a header or a body. */
  readonly data?: Readonly<Record<string, string | number | boolean>>
  readonly cause?: unknown
}

export class ArgoError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly data: Readonly<Record<string, string | number | boolean>>

  constructor(message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'ArgoError'
    this.code = facts.code
    this.retryable = facts.retryable ?? false
    this.data = facts.data ?? {}
  }
}

/** The code of any thrown value; bundles do not share classes, so this looks at the field and not at the class. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return errorCode(error) === code
}

/** The text of any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
