// At most so many pods at once, in the order in which they came.

export interface Slots {
  /** Resolves with the call that gives the slot back; rejects when `signal` is aborted first. */
  take(signal: AbortSignal): Promise<() => void>
}

export function createSlots(limit: number): Slots {
  let free = limit
  const waiting: (() => void)[] = []
  const giveBack = (): void => {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
  const once = (): (() => void) => {
    let given = false
    return () => {
      if (!given) giveBack()
      given = true
    }
  }
  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason as Error)
          return
        }
        if (free > 0) {
          free--
          resolve(once())
          return
        }
        const onAbort = (): void => {
          waiting.splice(waiting.indexOf(enter), 1)
          reject(signal.reason as Error)
        }
        const enter = (): void => {
          signal.removeEventListener('abort', onAbort)
          resolve(once())
        }
        waiting.push(enter)
        signal.addEventListener('abort', onAbort, { once: true })
      })
    },
  }
}
