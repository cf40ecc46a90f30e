// The memory of all uploads together: buffers that are lent and taken back, so that many artifacts at once need no
// more than one large one.

import { ArgoError } from '../../src/errors/argo-error.ts'

export interface BufferPool {
  /** Lends `sizeBytes` to `work`, waiting until that much is free; a wish above the bound is granted alone. */
  use<T>(sizeBytes: number, signal: AbortSignal, work: (buffer: Buffer) => Promise<T>): Promise<T>
}

interface Waiter {
  readonly sizeBytes: number
  readonly grant: () => void
}

/** `keepBytes` is the size that is asked for most: buffers of this size are used again. */
export function createBufferPool(boundBytes: number, keepBytes: number): BufferPool {
  const kept: Buffer[] = []
  const waiters: Waiter[] = []
  let lent = 0

  const fits = (sizeBytes: number): boolean => lent === 0 || lent + sizeBytes <= boundBytes
  const release = (sizeBytes: number): void => {
    lent -= sizeBytes
    // In the order of asking, or a large wish would never get its turn.
    while (waiters[0] !== undefined && fits(waiters[0].sizeBytes)) waiters.shift()?.grant()
  }
  const acquire = (sizeBytes: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(reasonOf(signal))
      if (waiters.length === 0 && fits(sizeBytes)) {
        lent += sizeBytes
        return resolve()
      }
      const onAbort = (): void => {
        waiters.splice(waiters.indexOf(waiter), 1)
        reject(reasonOf(signal))
        release(0)
      }
      const waiter: Waiter = {
        sizeBytes,
        grant: () => {
          signal.removeEventListener('abort', onAbort)
          lent += sizeBytes
          resolve()
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      waiters.push(waiter)
    })

  return {
    use: async (sizeBytes, signal, work) => {
      await acquire(sizeBytes, signal)
      const buffer = (sizeBytes === keepBytes ? kept.pop() : undefined) ?? Buffer.allocUnsafeSlow(sizeBytes)
      try {
        return await work(buffer)
      } finally {
        if (sizeBytes === keepBytes && kept.length * keepBytes < boundBytes) kept.push(buffer)
        release(sizeBytes)
      }
    },
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error
    ? signal.reason
    : new ArgoError('the transfer was stopped', { code: 'ERR_CANCELED' })
}
