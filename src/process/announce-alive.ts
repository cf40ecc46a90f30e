// Main's half of the witness: says "I have started" and lets the kernel say "I am gone". Apart from witness.ts, so
// that main does not load what only wait needs.

import { constants } from 'node:fs'
import { join } from 'node:path'
import { mailbox } from '../pod/paths.ts'
import { writeAtomicSync } from '../util/write-atomic.ts'
import { openFifo } from './open-fifo.ts'

/**
 * From now on the end of this process is seen by watchWitness. The descriptor is close-on-exec and stays open until
 * the process ends. Returns false when init left no witness; then nobody watches it either.
 */
export function announceAlive(containerDir: string): boolean {
  // Open for both: it never waits for a reader.
  if (openFifo(join(containerDir, mailbox.alive), constants.O_RDWR) === undefined) return false
  // After the open, so that whoever sees the marker can rely on the FIFO.
  writeAtomicSync(join(containerDir, mailbox.started), '')
  return true
}
