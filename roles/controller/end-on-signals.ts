// SIGTERM and SIGINT end the controller in order.

export interface Ending {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  close(): void
}

export function endOnSignals(told: (signal: string) => void): Ending {
  const abort = new AbortController()
  const end = (name: NodeJS.Signals): void => {
    if (abort.signal.aborted) return
    told(name)
    abort.abort(new Error(`ended by ${name}`))
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  return {
    signal: abort.signal,
    close() {
      process.off('SIGTERM', end)
      process.off('SIGINT', end)
    },
  }
}
