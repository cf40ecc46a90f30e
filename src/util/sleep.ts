// Waiting that can be cut short, and that survives waits longer than the timer of the runtime can hold.

/** setTimeout holds 31 bits of milliseconds; a longer wait would fire at once. */
const longestTimerMs = 2 ** 31 - 1

/** Resolves after `ms` milliseconds; rejects with the reason of `signal` as soon as that is aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  const end = performance.now() + ms
  for (let left = ms; left > 0; left = end - performance.now()) {
    await sleepOnce(Math.min(left, longestTimerMs), signal)
  }
}

function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error)
      return
    }
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
