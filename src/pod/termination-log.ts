// The message that Kubernetes shows for an ended container.

import { closeSync, constants, openSync, writeSync } from 'node:fs'

/** The kubelet reads no more. */
const longestBytes = 4096

/** Replaces the content. False when it cannot be written: that must not hide the error it would tell of. */
export function writeTerminationLog(path: string, message: string): boolean {
  try {
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o644)
    try {
      writeSync(descriptor, cutUtf8(Buffer.from(message), longestBytes))
    } finally {
      closeSync(descriptor)
    }
    return true
  } catch {
    return false
  }
}

/** At most `length` bytes, without a split character at the end. */
function cutUtf8(bytes: Buffer, length: number): Buffer {
  if (bytes.length <= length) return bytes
  let end = length
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.subarray(0, end)
}
