// Retries of API calls, with the one classifier and the wait that the server asks for.

import { retry, type Backoff } from '../util/retry.ts'
import { retryAfterMsOf } from './kube-error.ts'
import { isTransient } from './transient.ts'

/** Enough for a leader election of the API server's store: about 80 s in all. */
const defaultApiBackoff: Backoff = {
  durationMs: 250,
  factor: 2,
  jitter: 0.2,
  steps: 12,
  capMs: 15_000,
}

export interface ApiRetryOptions {
  readonly backoff?: Backoff
  readonly signal?: AbortSignal
  /** The administrator's own pattern of transient messages. */
  readonly matches?: (message: string) => boolean
  readonly onRetry?: (error: unknown, attempt: number, waitMs: number) => void
}

/** Runs `call` until it succeeds, fails for good, or the attempts of the back-off are used up. */
export function retryApi<T>(options: ApiRetryOptions, call: (attempt: number) => Promise<T>): Promise<T> {
  return retry(
    {
      backoff: options.backoff ?? defaultApiBackoff,
      isRetryable: (error) => isTransient(error, options.matches),
      waitOf: retryAfterMsOf,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.onRetry === undefined ? {} : { onRetry: options.onRetry }),
    },
    call,
  )
}
