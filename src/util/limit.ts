// Bounded concurrency for work over a list: results in order, the first failure aborts the rest.

export interface MapLimitOptions {
  /** How many run at once, at least 1. */
  readonly limit: number
  readonly signal?: AbortSignal
}

/**
 * Runs `work` over `items`, at most `limit` at a time. The first rejection aborts the signal that the others were
 * given; it is thrown after all of them have ended, so nothing runs on behind the caller's back.
 */
export async function mapLimit<T, R>(
  items: readonly T[],
  options: MapLimitOptions,
  work: (item: T, signal: AbortSignal, index: number) => Promise<R>,
): Promise<R[]> {
  const abort = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, abort.signal]) : abort.signal
  const results: R[] = []
  let next = 0
  const failures: unknown[] = []
  const lane = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++
      try {
        signal.throwIfAborted()
        results[index] = await work(items[index] as T, signal, index)
      } catch (error) {
        failures.push(error)
        abort.abort(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(options.limit, items.length)) }, lane))
  if (failures.length > 0) throw failures[0]
  return results
}
