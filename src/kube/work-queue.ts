// A queue of keys for the controller's workers: equal keys melt into one, and a key is never with two workers at once.

/** Timers hold 31 bits of milliseconds. */
const longestTimerMs = 2 ** 31 - 1

/**
 * `add` makes a key ready now, `addAfter` later; of several later times for one key the earliest counts, and an `add` in
 * between does not cancel it. A key that is added while a worker has it is handed out once more after `done`.
 */
export class WorkQueue {
  /** Ready, in the order of their first add. */
  readonly #ready = new Set<string>()
  readonly #processing = new Set<string>()
  /** Added again while being processed. */
  readonly #again = new Set<string>()
  readonly #delayed = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>()
  readonly #waiting: ((key: string | undefined) => void)[] = []
  #closed = false

  /** Keys that wait for a worker, delayed ones not counted. */
  get size(): number {
    return this.#ready.size
  }

  add(key: string): void {
    if (this.#closed) return
    if (this.#processing.has(key)) {
      this.#again.add(key)
      return
    }
    const worker = this.#ready.has(key) ? undefined : this.#waiting.shift()
    if (worker === undefined) this.#ready.add(key)
    else {
      this.#processing.add(key)
      worker(key)
    }
  }

  addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) {
      this.add(key)
      return
    }
    if (this.#closed) return
    const at = performance.now() + delayMs
    const known = this.#delayed.get(key)
    if (known !== undefined && known.at <= at) return
    this.#forget(key)
    this.#arm(key, at)
  }

  /** The next key, or undefined once the queue is closed or the signal aborted. Call `done(key)` afterwards. */
  async take(signal?: AbortSignal): Promise<string | undefined> {
    if (this.#closed || signal?.aborted) return undefined
    const [key] = this.#ready
    if (key !== undefined) {
      this.#ready.delete(key)
      this.#processing.add(key)
      return key
    }
    return new Promise((resolve) => {
      const give = (next: string | undefined): void => {
        signal?.removeEventListener('abort', onAbort)
        resolve(next)
      }
      const onAbort = (): void => {
        const index = this.#waiting.indexOf(give)
        if (index >= 0) this.#waiting.splice(index, 1)
        resolve(undefined)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(give)
    })
  }

  done(key: string): void {
    this.#processing.delete(key)
    if (this.#again.delete(key)) this.add(key)
  }

  /** Ends all timers and sends every waiting worker home. */
  close(): void {
    this.#closed = true
    for (const { timer } of this.#delayed.values()) clearTimeout(timer)
    this.#delayed.clear()
    this.#ready.clear()
    this.#again.clear()
    for (const give of this.#waiting.splice(0)) give(undefined)
  }

  #arm(key: string, at: number): void {
    const left = at - performance.now()
    const timer = setTimeout(
      () => {
        this.#delayed.delete(key)
        if (at - performance.now() > 1) this.#arm(key, at)
        else this.add(key)
      },
      Math.min(Math.max(left, 0), longestTimerMs),
    )
    this.#delayed.set(key, { at, timer })
  }

  #forget(key: string): void {
    const known = this.#delayed.get(key)
    if (known === undefined) return
    clearTimeout(known.timer)
    this.#delayed.delete(key)
  }
}
