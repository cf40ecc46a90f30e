// The output of one container on disk, as the kubelet keeps it: written while it comes, read while it grows.

import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { startLogTimes } from './log-times.ts'
import { onceAborted } from './once-aborted.ts'

export interface LogFile {
  readonly path: string
  /** Resolves when the output has ended and everything of it is in the file. Never rejects. */
  readonly ended: Promise<void>
  /** From `start`, else from the beginning; with `follow` until the output ends. */
  read(options: {
    readonly follow: boolean
    readonly signal: AbortSignal
    readonly start?: number
  }): AsyncGenerator<Uint8Array>
}

/**
 * `onChunk` hears every piece as it comes. A full disk must not stop the container by a full pipe: what cannot be
 * written is dropped, and the file then ends with a line that says so.
 */
export function createLogFile(path: string, output: Readable, onChunk: (chunk: Buffer) => void): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // Not appended to: what a deleted pod of the same name said is not this one's.
  const descriptor = openSync(path, 'w', 0o600)
  const times = startLogTimes(path)
  let sizeBytes = 0
  let over = false
  let broken = false
  let grown = Promise.withResolvers<void>()
  const ended = new Promise<void>((resolve) => {
    const finish = (): void => {
      if (over) return
      over = true
      closeSync(descriptor)
      grown.resolve()
      resolve()
    }
    output.on('data', (chunk: Buffer) => {
      onChunk(chunk)
      times.note(sizeBytes)
      if (!broken) broken = !write(descriptor, chunk)
      sizeBytes += broken ? 0 : chunk.length
      grown.resolve()
      grown = Promise.withResolvers<void>()
    })
    output.once('end', finish)
    output.once('close', finish)
    output.once('error', finish)
  })
  return {
    path,
    ended,
    async *read({ follow, signal, start = 0 }) {
      const aborted = onceAborted(signal)
      for (let offset = start; !signal.aborted;) {
        const news = grown.promise
        const until = sizeBytes
        if (until > offset) {
          yield* createReadStream(path, { start: offset, end: until - 1, signal })
          offset = until
        }
        if (over || !follow) {
          if (offset >= sizeBytes) return
          continue
        }
        await Promise.race([news, aborted])
      }
    },
  }
}

function write(descriptor: number, chunk: Buffer): boolean {
  try {
    for (let offset = 0; offset < chunk.length;) offset += writeSync(descriptor, chunk, offset)
    return true
  } catch {
    try {
      writeSync(descriptor, '\nargo: the rest of this log could not be written\n')
    } catch {
      // Then the disk says it by itself.
    }
    return false
  }
}
