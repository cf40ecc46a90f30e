// One file into one object: small ones in one request, large ones in parts, several at a time, each repeated by itself
// when it fails.

import { closeSync, fstatSync, openSync } from 'node:fs'
import { mapLimit } from '../../src/util/limit.ts'
import type { BufferPool } from '../transfer/buffer-pool.ts'
import { readFully } from '../transfer/file-io.ts'
import type { PutOptions } from './client.ts'
import type { S3Io } from './fetch-range.ts'
import { inParts } from './multipart.ts'
import { partBytesFor, type UploadKnobs } from './upload-knobs.ts'

export interface UploadIo extends S3Io {
  readonly pool: BufferPool
  readonly knobs: UploadKnobs
}

/** Rejects with ERR_TORN_DATA when the file becomes shorter meanwhile; what is appended meanwhile is left out. */
export async function uploadFile(io: UploadIo, key: string, path: string, options: PutOptions): Promise<void> {
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const partBytes = partBytesFor(size, io.knobs)
    if (size > partBytes) {
      await uploadLarge(io, key, { path, descriptor, size, partBytes }, options)
      return
    }
    await io.pool.use(size, options.signal, async (buffer) => {
      await readFully(descriptor, buffer, 0, path)
      await io.retry.run(options.signal, async () => io.client.put(key, buffer, options))
    })
  } finally {
    closeSync(descriptor)
  }
}

interface LargeFile {
  readonly path: string
  readonly descriptor: number
  readonly size: number
  readonly partBytes: number
}

async function uploadLarge(io: UploadIo, key: string, file: LargeFile, options: PutOptions): Promise<void> {
  const { path, descriptor, size, partBytes } = file
  const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => index + 1)
  await inParts(io, key, options, async (upload) => {
    await mapLimit(numbers, { limit: io.knobs.threads, signal: options.signal }, (number, signal) =>
      io.pool.use(partBytes, signal, async (buffer) => {
        const start = (number - 1) * partBytes
        const part = buffer.subarray(0, Math.min(partBytes, size - start))
        await readFully(descriptor, part, start, path)
        await upload.put(number, part, signal)
      }),
    )
  })
}
