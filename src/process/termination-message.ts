// The message that the kubelet shows for an ended container, for executor roles that fail by themselves.

import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { terminationLog } from '../pod/paths.ts'

/** The kubelet keeps no more. */
const longestBytes = 4096

/** Replaces what is there. The kubelet makes the file: where it is missing, there is nobody to tell. */
export function writeTerminationMessage(message: string, path = terminationLog): void {
  try {
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_TRUNC)
    try {
      writeSync(descriptor, Buffer.from(message).subarray(0, longestBytes))
    } finally {
      closeSync(descriptor)
    }
  } catch {}
}
