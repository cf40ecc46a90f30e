// The debugging pauses of a step: it waits before or after its command until a person puts a file into its mailbox.

import { dirname } from 'node:path'
import { hearMailboxSignals } from '../../src/process/mailbox-signals.ts'
import { signalNumber, type SignalEars } from '../../src/process/signals.ts'
import { fileAppears } from '../../src/process/watch-file.ts'

/** Signals that end a pause; a stopped workflow must not hang in it. */
const ending: readonly number[] = [1, signalNumber.INT, signalNumber.TERM, signalNumber.KILL]

/** Resolves when `path`, a file in the mailbox, exists, or with the number of the signal that ended the pause. */
export async function pauseUntil(path: string, ears: SignalEars): Promise<number | undefined> {
  const stop = new AbortController()
  let endedBy: number | undefined
  const onSignal = (signal: number): void => {
    if (!ending.includes(signal)) return
    endedBy ??= signal
    stop.abort()
  }
  ears.hear(onSignal)
  try {
    const mail = hearMailboxSignals(dirname(path), { signal: stop.signal }, onSignal)
    await Promise.race([fileAppears(path, { signal: stop.signal }), mail])
  } catch (error) {
    if (endedBy === undefined) throw error
  } finally {
    stop.abort()
    ears.hear(undefined)
  }
  return endedBy
}
