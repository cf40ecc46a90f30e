// The debugging pauses of a step: it waits before or after its command until a person puts a file into its mailbox.

import type { SignalEars } from '../../src/process/signals.ts'
import { signalNumber } from '../../src/process/signals.ts'
import { fileAppears } from '../../src/process/watch-file.ts'
import { errorMessage } from '../../src/errors/argo-error.ts'

/** Signals that end a pause; a stopped workflow must not hang in it. */
const ending: readonly number[] = [1, signalNumber.INT, signalNumber.TERM]

/** Resolves when `path` exists, or with the number of the signal that ended the pause. */
export async function pauseUntil(path: string, ears: SignalEars): Promise<number | undefined> {
  const stop = new AbortController()
  let ended: number | undefined
  ears.hear((signal) => {
    if (!ending.includes(signal)) return
    ended ??= signal
    stop.abort(new Error('a signal ended the pause'))
  })
  try {
    await fileAppears(path, { signal: stop.signal })
  } catch (error) {
    if (ended === undefined) throw new Error(`wait for ${path}: ${errorMessage(error)}`, { cause: error })
  } finally {
    ears.hear(undefined)
  }
  return ended
}
