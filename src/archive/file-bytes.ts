// A file's bytes, decompressed when they are gzip: the source of the tar reader.

import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { ArgoError, errorCode, errorMessage } from '../errors/argo-error.ts'

export interface FileBytesOptions {
  readonly gunzip: boolean
  readonly signal?: AbortSignal
}

/** Throws ERR_TORN_DATA when the compressed data is cut or its checksum is wrong. */
export async function* fileBytes(path: string, options: FileBytesOptions): AsyncGenerator<Buffer> {
  const source = createReadStream(path, {
    highWaterMark: 256 * 1024,
    ...(options.signal ? { signal: options.signal } : {}),
  })
  if (!options.gunzip) {
    yield* source as AsyncIterable<Buffer>
    return
  }
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  source.on('error', (error) => gunzip.destroy(error))
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Buffer>
  } catch (error) {
    const code = errorCode(error)
    if (code?.startsWith('Z_') !== true) throw error
    throw new ArgoError(`decompress ${path}: ${errorMessage(error)}`, { code: 'ERR_TORN_DATA', cause: error })
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}
