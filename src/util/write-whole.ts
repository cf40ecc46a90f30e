// Text for people and programs on a descriptor: all of it, also into a pipe that is read slowly.

import { writeSync } from 'node:fs'

const pauseMs = 5

/**
 * A pipe that somebody made non-blocking says EAGAIN while it is full. One that nobody reads any more (`argo logs |
 * head`) wants no more: the rest is dropped in silence, and the result is false.
 */
export function writeWhole(descriptor: number, content: string | Uint8Array): boolean {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(descriptor, bytes, offset)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') return false
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    }
  }
  return true
}
