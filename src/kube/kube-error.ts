// Errors of the Kubernetes API: the API's own Status kept as data, with a code of ours; for every caller of KubeApi.

import { ArgoError, type ErrorCode } from '../errors/argo-error.ts'

/** The parts of a meta/v1 Status that callers look at. `code` is the HTTP status, 0 when unknown. */
export interface KubeStatus {
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly details?: KubeStatusDetails
}

export interface KubeStatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly {
    readonly reason?: string
    readonly message?: string
    readonly field?: string
  }[]
  readonly retryAfterSeconds?: number
}

export class KubeError extends ArgoError {
  readonly status: KubeStatus
  /** How long the server asks to wait before the next attempt. */
  readonly retryAfterMs: number | undefined

  /** `doing` says what was tried and on what, e.g. `create pods argo/x`; empty inside the API server itself. */
  constructor(status: KubeStatus, doing = '', retryAfterMs?: number) {
    const code = codeOf(status)
    const text =
      status.message === '' ? `the server answered ${String(status.code)} ${status.reason}` : status.message
    super(doing === '' ? text : `${doing}: ${text}`, {
      code,
      retryable: status.code === 429 || code === 'ERR_UNAVAILABLE' || code === 'ERR_TIMEOUT',
      data: { status: status.code, reason: status.reason },
    })
    this.name = 'KubeError'
    this.status = status
    this.retryAfterMs = retryAfterMs ?? toMs(status.details?.retryAfterSeconds)
  }
}

/** The API's status of any thrown value, also of one that another bundle threw. */
export function kubeStatusOf(error: unknown): KubeStatus | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined
  const { status } = error
  if (typeof status !== 'object' || status === null || !('code' in status) || !('reason' in status))
    return undefined
  return typeof status.code === 'number' && typeof status.reason === 'string'
    ? (status as KubeStatus)
    : undefined
}

/** Ms that the server asked to wait (Retry-After), if the error says so. */
export function retryAfterMsOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('retryAfterMs' in error)) return undefined
  return typeof error.retryAfterMs === 'number' ? error.retryAfterMs : undefined
}

export const isNotFound = (error: unknown): boolean => hasReason(error, 'NotFound', 404)
export const isForbidden = (error: unknown): boolean => hasReason(error, 'Forbidden', 403)
export const isAlreadyExists = (error: unknown): boolean => kubeStatusOf(error)?.reason === 'AlreadyExists'
/** A stale resourceVersion or a failed precondition: read again. Not AlreadyExists, which is also a 409. */
export const isConflict = (error: unknown): boolean => hasReason(error, 'Conflict', 409)
export const isGone = (error: unknown): boolean =>
  hasReason(error, 'Expired', 410) || kubeStatusOf(error)?.reason === 'Gone'

/** Reasons that the API defines; an unknown one leaves the decision to the HTTP code. */
const knownReasons = new Set(
  (
    'Unauthorized Forbidden NotFound AlreadyExists Conflict Gone Invalid ServerTimeout Timeout TooManyRequests ' +
    'BadRequest MethodNotAllowed NotAcceptable RequestEntityTooLarge UnsupportedMediaType InternalError Expired ' +
    'ServiceUnavailable'
  ).split(' '),
)

/** Whether a status means `reason`: by its name, or by its HTTP code when it names no known reason. */
export function statusMeans(status: KubeStatus, reason: string, code: number): boolean {
  return status.reason === reason || (!knownReasons.has(status.reason) && status.code === code)
}

function hasReason(error: unknown, reason: string, code: number): boolean {
  const status = kubeStatusOf(error)
  return status !== undefined && statusMeans(status, reason, code)
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1000
}

function codeOf(status: KubeStatus): ErrorCode {
  return codes[status.code] ?? (status.code >= 500 ? 'ERR_INTERNAL' : 'ERR_BAD_REQUEST')
}

const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'ERR_UNAUTHORIZED',
  403: 'ERR_FORBIDDEN',
  404: 'ERR_NOT_FOUND',
  408: 'ERR_TIMEOUT',
  409: 'ERR_CONFLICT',
  410: 'ERR_GONE',
  422: 'ERR_INVALID_INPUT',
  429: 'ERR_UNAVAILABLE',
  501: 'ERR_NOT_IMPLEMENTED',
  502: 'ERR_UNAVAILABLE',
  503: 'ERR_UNAVAILABLE',
  504: 'ERR_TIMEOUT',
}
