// Stops main at its deadline: SIGTERM, the grace period, SIGKILL, each through the signal file that main obeys.

import { join } from 'node:path'
import { containerDir, mailbox } from '../../src/pod/paths.ts'
import { sleep } from '../../src/util/sleep.ts'
import { writeAtomicSync } from '../../src/util/write-atomic.ts'

export interface StopMainOptions {
  readonly varRunArgo: string
  readonly names: readonly string[]
  readonly graceMs: number
  /** Settles when all of them have ended. */
  readonly ended: Promise<unknown>
  readonly signal: AbortSignal
}

/** How long a process may take to vanish after SIGKILL (spec executor 4.2). */
const afterKillMs = 10_000

/** Whether main has ended in the time it was given. */
export async function stopMain(options: StopMainOptions): Promise<boolean> {
  for (const [number, waitMs] of [
    [15, options.graceMs],
    [9, afterKillMs],
  ] as const) {
    for (const name of options.names) {
      writeAtomicSync(join(containerDir(name, options.varRunArgo), mailbox.signal), String(number), {
        mode: 0o666,
      })
    }
    const over = Symbol('over')
    const result = await Promise.race([options.ended, sleep(waitMs, options.signal).then(() => over)])
    if (result !== over) return true
  }
  return false
}
