// One file into one object: small ones in one request, large ones in parts, several at a time, each repeated by itself
// when it fails.

import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { ArgoError } from '../../src/errors/argo-error.ts'
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

export interface OpenFile {
  readonly descriptor: number
  /** For messages. */
  readonly name: string
}

/** Rejects with ERR_TORN_DATA when the file becomes shorter meanwhile; what is appended meanwhile is left out. */
export async function uploadDescriptor(
  io: UploadIo,
  key: string,
  file: OpenFile,
  options: PutOptions,
): Promise<void> {
  const { size } = fstatSync(file.descriptor)
  const partBytes = partBytesFor(size, io.knobs)
  if (size > partBytes) {
    await uploadLarge(io, key, { ...file, size, partBytes }, options)
    return
  }
  await io.pool.use(size, options.signal, async (buffer) => {
    await readFully(file.descriptor, buffer, 0, file.name)
    await io.retry.run(options.signal, async () => io.client.put(key, buffer, options))
  })
}

export async function uploadFile(
  io: UploadIo,
  key: string,
  path: string,
  options: PutOptions,
): Promise<void> {
  // Without blocking, or a pipe would be waited for.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!fstatSync(descriptor).isFile()) {
      throw new ArgoError(`${path} is neither a file nor a directory: it cannot be saved`, {
        code: 'ERR_INVALID_INPUT',
      })
    }
    await uploadDescriptor(io, key, { descriptor, name: path }, options)
  } finally {
    closeSync(descriptor)
  }
}

interface LargeFile extends OpenFile {
  readonly size: number
  readonly partBytes: number
}

async function uploadLarge(io: UploadIo, key: string, file: LargeFile, options: PutOptions): Promise<void> {
  const { name, descriptor, size, partBytes } = file
  const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => index + 1)
  await inParts(io, key, options, async (upload) => {
    await mapLimit(numbers, { limit: io.knobs.threads, signal: options.signal }, (number, signal) =>
      io.pool.use(partBytes, signal, async (buffer) => {
        const start = (number - 1) * partBytes
        const part = buffer.subarray(0, Math.min(partBytes, size - start))
        await readFully(descriptor, part, start, name)
        await upload.put(number, part, signal)
      }),
    )
  })
}
