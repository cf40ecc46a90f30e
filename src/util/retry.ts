// Exponential back-off with a bound and a signal, for whoever has a classifier of retryable errors.

import { sleep } from './sleep.ts'

export interface Backoff {
  readonly durationMs: number
  readonly factor: number
  /** Share of random lengthening, 0 to 1. */
  readonly jitter: number
  /** Attempts in total, at least 1. */
  readonly steps: number
  /** Longest single wait. */
  readonly capMs?: number
}

export interface RetryOptions {
  readonly backoff: Backoff
  readonly signal?: AbortSignal
  readonly isRetryable: (error: unknown) => boolean
  /** Told before each wait. */
  readonly onRetry?: (error: unknown, attempt: number, waitMs: number) => void
  /** A wait that the error itself asks for (Retry-After), in ms. */
  readonly waitOf?: (error: unknown) => number | undefined
}

export async function retry<T>(options: RetryOptions, work: (attempt: number) => Promise<T>): Promise<T> {
  const { backoff } = options
  let waitMs = backoff.durationMs
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted()
    try {
      return await work(attempt)
    } catch (error) {
      if (attempt >= backoff.steps || !options.isRetryable(error)) throw error
      const planned = waitMs * (1 + Math.random() * backoff.jitter)
      const actualMs = Math.max(options.waitOf?.(error) ?? 0, Math.min(planned, backoff.capMs ?? Infinity))
      options.onRetry?.(error, attempt, actualMs)
      await sleep(actualMs, options.signal)
      waitMs = Math.min(waitMs * backoff.factor, backoff.capMs ?? Infinity)
    }
  }
}
