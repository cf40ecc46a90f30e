// A stream cut into blocks of given sizes: for uploads of unknown length.

import type { Readable } from 'node:stream'

export interface BlockReader {
  /** Fills `buffer` as far as the stream goes and returns the bytes; fewer than its length means the end. */
  fill(buffer: Buffer): Promise<number>
}

/** The stream must yield bytes; its error is thrown by the call that meets it. */
export function createBlockReader(source: Readable): BlockReader {
  const chunks = (source as AsyncIterable<Uint8Array | string>)[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array()
  return {
    fill: async (buffer) => {
      let filled = 0
      while (filled < buffer.length) {
        if (rest.length === 0) {
          const { done, value } = await chunks.next()
          if (done) break
          rest = typeof value === 'string' ? Buffer.from(value) : value
        }
        const piece = rest.subarray(0, buffer.length - filled)
        buffer.set(piece, filled)
        rest = rest.subarray(piece.length)
        filled += piece.length
      }
      return filled
    },
  }
}
