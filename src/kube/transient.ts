// The one classifier of API errors: whether the same call may succeed when it is made again (spec executor 4.9).

import { errorMessage } from '../errors/argo-error.ts'
import { isTransientNetworkError, isTransientText } from '../util/transient-text.ts'
import { kubeStatusOf, statusMeans, type KubeStatus } from './kube-error.ts'

/**
 * True for overload, quota races, time-outs, lost connections and a changing etcd leader. `matches` is the
 * administrator's own test of the message (src/util/transient-pattern.ts); the answer of a server is judged by its
 * status and its text, anything else by its text and its chain of causes.
 */
export function isTransient(error: unknown, matches?: (message: string) => boolean): boolean {
  if (isAbort(error)) return false
  const message = errorMessage(error)
  if (isTransientText(message) || isEndOfRequest(message) || matches?.(message) === true) return true
  const status = kubeStatusOf(error)
  if (status !== undefined) return isTransientStatus(status)
  return saysRetryable(error) || isTransientNetworkError(error)
}

function isTransientStatus(status: KubeStatus): boolean {
  // parity: overload counts by its code even when the reason says something else.
  if (status.reason === 'TooManyRequests' || status.code === 429) return true
  if (statusMeans(status, 'Forbidden', 403)) return status.message.includes('exceeded quota')
  if (statusMeans(status, 'Conflict', 409))
    return status.message.includes('Operation cannot be fulfilled on resourcequota')
  if (statusMeans(status, 'InternalError', 500))
    return status.message.includes('resource quota evaluation timed out')
  return (
    status.reason === 'ServerTimeout' ||
    statusMeans(status, 'Timeout', 504) ||
    statusMeans(status, 'ServiceUnavailable', 503) ||
    // deviates: a gateway in front of the API server that cannot reach it; Argo gives up on it.
    (status.reason === '' && status.code === 502)
  )
}

/** A request whose connection was closed before the answer, in the words of Go's HTTP client. */
function isEndOfRequest(message: string): boolean {
  return /^(?:Get|Head|Post|Put|Patch|Delete) "[^"]*": (?:.*: )?EOF/.test(message)
}

function saysRetryable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true
}

/** The caller gave up: trying again is the last thing it wants. */
function isAbort(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ('name' in error && error.name === 'AbortError') return true
  return 'code' in error && error.code === 'ERR_CANCELED'
}
