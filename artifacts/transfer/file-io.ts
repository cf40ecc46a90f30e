// Bytes between streams and open files at known positions, in few calls. For downloads and uploads.

import { fstatSync, read as readCallback, writev as writevCallback, writevSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { ArgoError } from '../../src/errors/argo-error.ts'

const writev = promisify(writevCallback)
const read = promisify(readCallback)

/** A write per half a MiB: each is a round trip to the thread pool. */
const gatherBytes = 512 * 1024
/** Below this the round trip costs more than the write. */
const atOnceBytes = 64 * 1024

/**
 * Writes `source` to `descriptor` from `position` on. `wrote` is told each amount when it is in the file (and not
 * before: after a failure the transfer goes on from there); it returns false to stop reading early.
 */
export async function writeStream(
  source: Readable,
  descriptor: number,
  position: number,
  wrote: (chunks: readonly Buffer[], bytes: number) => boolean,
): Promise<void> {
  let chunks: Buffer[] = []
  let gathered = 0
  let at = position
  const flush = async (): Promise<boolean> => {
    if (gathered === 0) return true
    const [batch, bytes] = [chunks, gathered]
    chunks = []
    gathered = 0
    await writeAll(descriptor, batch, at, bytes)
    at += bytes
    return wrote(batch, bytes)
  }
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      gathered += chunk.length
      if (gathered >= gatherBytes && !(await flush())) return
    }
  } finally {
    // Also after a failure: what came before it need not come again.
    await flush()
  }
}

async function writeAll(
  descriptor: number,
  chunks: readonly Buffer[],
  position: number,
  bytes: number,
): Promise<void> {
  let rest = chunks
  for (let done = 0; done < bytes;) {
    const small = bytes - done <= atOnceBytes
    done += small
      ? writevSync(descriptor, rest, position + done)
      : (await writev(descriptor, rest, position + done)).bytesWritten
    if (done < bytes) rest = [Buffer.concat(chunks).subarray(done)]
  }
}

/** Fills `buffer` from `position` on. Rejects with ERR_TORN_DATA when the file ends before: it shrank meanwhile. */
export async function readFully(
  descriptor: number,
  buffer: Buffer,
  position: number,
  name: string,
): Promise<void> {
  for (let done = 0; done < buffer.length;) {
    const { bytesRead } = await read(descriptor, buffer, done, buffer.length - done, position + done)
    if (bytesRead === 0) {
      throw new ArgoError(
        `read ${name}: it ended at ${fstatSync(descriptor).size} bytes, shorter than when the upload began; it must not be written to meanwhile`,
        { code: 'ERR_TORN_DATA' },
      )
    }
    done += bytesRead
  }
}
