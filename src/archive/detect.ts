// Whether a file is a gzipped tar, by its content: decides if an input artifact without archive strategy is unpacked.

import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { isTarHeader } from './tar-block.ts'
import { blockSize } from './tar-header.ts'

/**
 * True for a gzip header followed by a valid tar header. Zip and plain tar are never detected (spec executor 2), nor
 * is an archive without members. A folder is not an archive.
 */
export async function isTarGz(path: string): Promise<boolean> {
  if (!startsWithGzip(path)) return false
  const source = createReadStream(path, { end: 64 * 1024 - 1 })
  const gunzip = createGunzip()
  source.on('error', (error) => gunzip.destroy(error))
  try {
    let head = Buffer.alloc(0)
    for await (const piece of source.pipe(gunzip) as AsyncIterable<Buffer>) {
      head = Buffer.concat([head, piece])
      if (head.length >= blockSize) return isTarHeader(head)
    }
    return false
  } catch {
    // Not gzip after all, or cut within the first header: a file like any other.
    return false
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}

export function startsWithGzip(path: string): boolean {
  const descriptor = openSync(path, 'r')
  try {
    if (!fstatSync(descriptor).isFile()) return false
    const magic = Buffer.alloc(2)
    return readSync(descriptor, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b
  } finally {
    closeSync(descriptor)
  }
}
