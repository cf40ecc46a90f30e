// The lines of a log as a client of the API wants them: only the last ones, each with the time when it came.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const blockBytes = 64 * 1024
const newline = 10

/** Offset at which the last `count` lines of a file begin; an unfinished line counts as one. */
export function startOfLastLines(path: string, count: number): number {
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
    if (count === 0) return size
    const block = Buffer.alloc(blockBytes)
    let wanted = count
    for (let end = size; end > 0;) {
      const start = Math.max(0, end - blockBytes)
      const length = readSync(descriptor, block, 0, end - start, start)
      for (let at = length - 1; at >= 0; at--) {
        // The newline at the very end closes the last line, it begins none.
        if (block[at] === newline && start + at < size - 1 && --wanted === 0) return start + at + 1
      }
      end = start
    }
    return 0
  } finally {
    closeSync(descriptor)
  }
}

/** Puts the time in front of each line, as the kubelet does. `start`: offset of the first chunk, where a line begins. */
export async function* stampLines(
  chunks: AsyncIterable<Uint8Array>,
  start: number,
  timeOf: (offset: number) => Date,
): AsyncGenerator<Uint8Array> {
  let offset = start
  let begins = true
  for await (const chunk of chunks) {
    const parts: Uint8Array[] = []
    for (let at = 0; at < chunk.length;) {
      if (begins) parts.push(Buffer.from(`${timeOf(offset + at).toISOString()} `))
      const end = chunk.indexOf(newline, at)
      begins = end >= 0
      const next = begins ? end + 1 : chunk.length
      parts.push(chunk.subarray(at, next))
      at = next
    }
    offset += chunk.length
    yield Buffer.concat(parts)
  }
}
