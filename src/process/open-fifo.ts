// Opens a FIFO of a container's mailbox for both sides of the witness, without waiting for the other side.

import { closeSync, constants, fstatSync, openSync } from 'node:fs'

/** undefined when there is no FIFO at `path`: users can write into the folder, so links and files are not taken. */
export function openFifo(path: string, access: number): number | undefined {
  let descriptor: number
  try {
    descriptor = openSync(path, access | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch {
    return undefined
  }
  if (fstatSync(descriptor).isFIFO()) return descriptor
  closeSync(descriptor)
  return undefined
}
