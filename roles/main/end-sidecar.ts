// Ends a sidecar of the user when the main container has ended: nobody else would.

import { join } from 'node:path'
import { mailbox } from '../../src/pod/paths.ts'
import { sendMailboxSignal } from '../../src/process/mailbox-signals.ts'
import { signalNumber } from '../../src/process/signals.ts'
import { fileAppears } from '../../src/process/watch-file.ts'
import { watchWitness } from '../../src/process/witness.ts'
import { sleep } from '../../src/util/sleep.ts'

export interface EndSidecarOptions {
  /** The mailboxes of this container and of main. */
  readonly containerDir: string
  readonly mainDir: string
  readonly graceMs: number
  /** Aborted when the sidecar has ended by itself. */
  readonly signal: AbortSignal
}

/**
 * Waits for the end of main, also one without a word (SIGKILL), then sends this container TERM and, when the grace
 * period is over, KILL.
 */
export async function endSidecar(options: EndSidecarOptions): Promise<void> {
  const { signal, mainDir } = options
  const lost = new AbortController()
  const either = AbortSignal.any([signal, lost.signal])
  try {
    await Promise.race([
      fileAppears(join(mainDir, mailbox.exitCode), { signal: either }),
      watchWitness(mainDir, { signal: either }),
    ])
    lost.abort()
    sendMailboxSignal(options.containerDir, signalNumber.TERM)
    await sleep(options.graceMs, signal)
    sendMailboxSignal(options.containerDir, signalNumber.KILL)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
