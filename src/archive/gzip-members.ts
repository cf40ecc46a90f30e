// Compresses a stream into one valid .gz made of members of about 1 MiB each, several on the thread pool at once.

import { gzip, type ZlibOptions } from 'node:zlib'

export interface GzipOptions {
  /** 0 (store) to 9; -1 or absent is zlib's default. Anything else rejects, with Go's text. */
  readonly level?: number
  /** Members compressed at the same time. Default 4, the size of the thread pool. */
  readonly concurrency?: number
}

const memberBytes = 1024 * 1024

/**
 * Yields compressed members in order. A .gz may consist of any number of members (RFC 1952, 2.2), so readers see one
 * stream; the price is about one percent of size. An empty source yields one empty member.
 */
export async function* gzipMembers(
  source: AsyncIterable<Buffer>,
  options: GzipOptions = {},
): AsyncGenerator<Buffer> {
  const level = options.level ?? -1
  if (!Number.isInteger(level) || level < -1 || level > 9)
    throw new RangeError(`gzip: invalid compression level: ${level}`)
  const lanes = options.concurrency ?? 4
  const running: Promise<Buffer>[] = []
  let members = 0
  for await (const piece of pieces(source)) {
    members++
    running.push(compress(piece, { level }))
    // A rejection is reported where the member is awaited, in order; until then it must not count as unhandled.
    running.at(-1)?.catch(() => undefined)
    if (running.length >= lanes) yield await (running.shift() as Promise<Buffer>)
  }
  if (members === 0) yield await compress(Buffer.alloc(0), { level })
  for (const member of running) yield await member
}

function compress(bytes: Buffer, options: ZlibOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gzip(bytes, options, (error, result) => (error === null ? resolve(result) : reject(error)))
  })
}

/** The source cut and joined to members' size. */
async function* pieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let heldBytes = 0
  for await (const chunk of source) {
    held.push(chunk)
    heldBytes += chunk.length
    if (heldBytes >= memberBytes) {
      yield held.length === 1 ? chunk : Buffer.concat(held, heldBytes)
      held = []
      heldBytes = 0
    }
  }
  if (heldBytes > 0) yield Buffer.concat(held, heldBytes)
}
