// Signals that another container of the pod sends by a file: wait stops main this way, a sidecar stops itself.

import { readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { mailbox } from '../pod/paths.ts'
import { writeAtomicSync } from '../util/write-atomic.ts'
import { untilSeen } from './watch-file.ts'

/** For the sender: a decimal number in a file that anybody may take away (spec executor 3.1). */
export function sendMailboxSignal(containerDir: string, signal: number): void {
  writeAtomicSync(join(containerDir, mailbox.signal), String(signal), { mode: 0o666 })
}

export interface MailboxSignalsOptions {
  readonly signal: AbortSignal
  readonly pollMs?: number
}

/**
 * Calls `onSignal` for each number that is put into the container's `signal` file, one that lies there already
 * included, until aborted; then it resolves.
 */
export async function hearMailboxSignals(
  containerDir: string,
  options: MailboxSignalsOptions,
  onSignal: (signal: number) => void,
): Promise<void> {
  const path = join(containerDir, mailbox.signal)
  try {
    await untilSeen(path, options, () => {
      const signal = take(path)
      if (signal !== undefined) onSignal(signal)
      return false
    })
  } catch (error) {
    if (!options.signal.aborted) throw error
  }
}

/**
 * The file is renamed before it is read for good, so that a second signal, put there in the meantime, is not removed
 * unread. An empty one belongs to a writer that does not rename: its write is the next event.
 */
function take(path: string): number | undefined {
  const taken = `${path}.taken`
  try {
    if (readFileSync(path).length === 0) return undefined
    renameSync(path, taken)
    const text = readFileSync(taken, 'latin1').trim()
    rmSync(taken, { force: true })
    const signal = /^\+?\d{1,9}$/.test(text) ? Number(text) : 0
    return signal >= 1 && signal <= 64 ? signal : undefined
  } catch {
    return undefined
  }
}
