// How long to wait before something that failed is tried again: longer each time, forgotten with a success.

const firstMs = 500
/** Not longer than people wait for an API server that is back. */
const longestMs = 15_000

export class RetryDelays {
  readonly #attempts = new Map<string, number>()

  /** Milliseconds until the next attempt. */
  next(key: string): number {
    const attempt = this.#attempts.get(key) ?? 0
    this.#attempts.set(key, attempt + 1)
    return Math.min(firstMs * 2 ** attempt, longestMs)
  }

  forget(key: string): void {
    this.#attempts.delete(key)
  }
}
