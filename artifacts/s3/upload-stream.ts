// A stream of unknown length into one object, in parts that go while the next is read. Nothing is stored unless the
// stream ends well.

import type { Readable } from 'node:stream'
import { createBlockReader, type BlockReader } from '../transfer/block-reader.ts'
import type { PutOptions } from './client.ts'
import { inParts, type Multipart } from './multipart.ts'
import type { UploadIo } from './upload-file.ts'
import { partBytesAt } from './upload-knobs.ts'

export async function uploadStream(
  io: UploadIo,
  key: string,
  source: Readable,
  options: PutOptions,
): Promise<void> {
  const { signal } = options
  const reader = createBlockReader(source)
  const onAbort = (): void => void source.destroy(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    const begin = (fill: (upload: Multipart) => Promise<void>): Promise<void> =>
      inParts(io, key, options, fill)
    // No buffer is held while another is waited for, or several streams could wait for each other for ever.
    const first = await io.pool.use(partBytesAt(0, io.knobs), signal, async (buffer) => {
      const length = await reader.fill(buffer)
      if (length === buffer.length) return Buffer.from(buffer)
      await io.retry.run(signal, async () => io.client.put(key, buffer.subarray(0, length), options))
      return undefined
    })
    if (first !== undefined) await begin(async (upload) => sendParts(io, first, reader, upload, signal))
  } finally {
    signal.removeEventListener('abort', onAbort)
    source.destroy()
  }
}

/** A stream that ends with a full part has no empty one after it: stores refuse those. */
async function sendParts(
  io: UploadIo,
  first: Buffer,
  reader: BlockReader,
  upload: Multipart,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController()
  const own = AbortSignal.any([signal, stop.signal])
  const failures: unknown[] = []
  const running = new Set<Promise<void>>()
  const start = (work: Promise<void>): void => {
    const job = work
      .catch((error: unknown) => {
        failures.push(error)
        stop.abort(error)
      })
      .finally(() => running.delete(job))
    running.add(job)
  }
  start(upload.put(1, first, own))
  for (let number = 2, more = true; more && failures.length === 0; number++) {
    if (running.size >= io.knobs.threads) await Promise.race(running)
    more = await new Promise<boolean>((filled) => {
      start(
        io.pool
          .use(partBytesAt(number - 1, io.knobs), own, async (buffer) => {
            const length = await reader.fill(buffer)
            filled(length === buffer.length)
            if (length > 0) await upload.put(number, buffer.subarray(0, length), own)
          })
          .finally(() => filled(false)),
      )
    })
  }
  await Promise.all(running)
  if (failures.length > 0) throw failures[0]
}
