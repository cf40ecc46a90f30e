// Ctrl-C and its kin: the first one stops the run in order, the second one at once.

export interface Interrupts {
  /** Aborted by the first one. */
  readonly gentle: AbortSignal
  /** Aborted by the second one. */
  readonly urgent: AbortSignal
  close(): void
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function listenForInterrupts(onFirst: () => void): Interrupts {
  const gentle = new AbortController()
  const urgent = new AbortController()
  const hear = (): void => {
    if (gentle.signal.aborted) {
      urgent.abort(new Error('interrupted twice'))
      return
    }
    onFirst()
    gentle.abort(new Error('interrupted'))
  }
  for (const signal of signals) process.on(signal, hear)
  return {
    gentle: gentle.signal,
    urgent: urgent.signal,
    close() {
      for (const signal of signals) process.off(signal, hear)
    },
  }
}
