// The one answer of all stores to "is another try worth it", and how long to wait between tries (spec executor 6.1, 7).

import { errorCode, errorMessage } from '../src/errors/argo-error.ts'
import type { Logger } from '../src/log/logger.ts'
import type { Environment } from '../src/util/environment.ts'
import { parseGoDurationMs } from '../src/util/go-duration.ts'
import { retry, type Backoff } from '../src/util/retry.ts'
import { transientPattern } from '../src/util/transient-pattern.ts'
import { isTransientNetworkError, isTransientText } from '../src/util/transient-text.ts'

/** What a store said, or did not get to say. */
export interface StoreFailure {
  /** Code in the body of the answer, such as `SlowDown`. */
  readonly code?: string
  /** HTTP status; 0 or absent when there was no answer. */
  readonly statusCode?: number
  readonly message?: string
}

export interface StoreRetry {
  /** Repeats `work` while its failure is transient and the knobs allow it; the last failure is thrown as it is. */
  run<T>(signal: AbortSignal, work: (attempt: number) => Promise<T>): Promise<T>
}

const transientStoreCodes = new Set([
  'RequestError',
  'RequestTimeout',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'InternalError',
  'SlowDown',
  'ServiceUnavailable',
])

/** The classifier of answers; exact codes, any 5xx, and the texts that are transient everywhere. */
export function isTransientStoreFailure({ code = '', statusCode = 0, message = '' }: StoreFailure): boolean {
  return transientStoreCodes.has(code) || (statusCode >= 500 && statusCode <= 599) || isTransientText(message)
}

/**
 * How every store retries, by EXECUTOR_RETRY_BACKOFF_*.
 * deviates: a store that answers "too busy" gets more time than one that does not answer, unless STEPS is set; a single
 * wait is 10 s at most.
 */
export async function storeRetry(env: Environment, log: Logger): Promise<StoreRetry> {
  const matchesPattern = await transientPattern(env)
  const backoff = backoffOf(env)
  const patience = env['EXECUTOR_RETRY_BACKOFF_STEPS'] ? backoff.steps : busySteps
  const run: StoreRetry['run'] = (signal, work) => {
    let unanswered = 0
    return retry(
      {
        backoff: {
          ...backoff,
          steps: Math.max(backoff.steps, patience),
          capMs: Math.max(longestWaitMs, backoff.durationMs),
        },
        signal,
        isRetryable: (error) => {
          if (signal.aborted) return false
          if (!isTransientStoreError(error) && !matchesPattern(errorMessage(error))) return false
          return isBusy(error) || ++unanswered < backoff.steps
        },
        waitOf: (error) => numberIn(error, 'retryAfterMs'),
        onRetry: (error, attempt, waitMs) =>
          log.warn('store failed, trying again', {
            error: errorMessage(error),
            attempt,
            waitMs: Math.round(waitMs),
          }),
      },
      work,
    )
  }
  return { run }
}

/** Ten refusals and one success: about a minute and a half with the default back-off. */
const busySteps = 12
const longestWaitMs = 10_000

function isBusy(error: unknown): boolean {
  const status = numberIn(error, 'status')
  return status === 503 || status === 429
}

function numberIn(error: unknown, field: string): number | undefined {
  if (typeof error !== 'object' || error === null || !('data' in error)) return undefined
  const value = (error.data as Readonly<Record<string, unknown>>)[field]
  return typeof value === 'number' ? value : undefined
}

function isTransientStoreError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  // Ours say it themselves: they were made where the answer was known.
  if ('retryable' in error && error.retryable === true) return true
  const code = errorCode(error)
  if (code === 'ERR_CANCELED') return false
  return isTransientNetworkError(error) || isTransientText(errorMessage(error))
}

function backoffOf(env: Environment): Backoff {
  return {
    durationMs: durationMs(env['EXECUTOR_RETRY_BACKOFF_DURATION']) ?? 1000,
    factor: number(env['EXECUTOR_RETRY_BACKOFF_FACTOR'], 0) ?? 1.6,
    jitter: number(env['EXECUTOR_RETRY_BACKOFF_JITTER'], 0) ?? 0.5,
    steps: Math.floor(number(env['EXECUTOR_RETRY_BACKOFF_STEPS'], 1) ?? 5),
  }
}

function durationMs(text: string | undefined): number | undefined {
  const ms = text === undefined ? undefined : parseGoDurationMs(text)
  return ms === undefined || ms < 0 ? undefined : ms
}

function number(text: string | undefined, least: number): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isFinite(value) && value >= least ? value : undefined
}
