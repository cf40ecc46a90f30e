// The body of an upload into a temporary file, checked against everything that the request says about it.

import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { Problem } from './problem.ts'

export interface Received {
  readonly path: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** The caller renames or removes the file. `expected` is the SHA-256 that was signed. Throws a Problem; then no file is left. */
export async function receiveBody(
  request: IncomingMessage,
  folder: string,
  expected: string | undefined,
): Promise<Received> {
  if (request.headers['content-length'] === undefined)
    throw new Problem(411, 'MissingContentLength', 'You must provide Content-Length.')
  const path = join(folder, randomBytes(12).toString('hex'))
  const sums = new Sums(request)
  try {
    await pipeline(
      request,
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          sums.add(chunk)
          yield chunk
        }
      },
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
    )
    return { path, sizeBytes: sums.sizeBytes, sha256: sums.check(expected) }
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  }
}

class Sums {
  readonly #sha256 = createHash('sha256')
  readonly #md5 = createHash('md5')
  readonly #crc: string | undefined
  readonly #digest: string | undefined
  #crc32 = 0
  sizeBytes = 0

  constructor({ headers }: IncomingMessage) {
    this.#crc = headers['x-amz-checksum-crc32'] as string | undefined
    this.#digest = headers['content-md5'] as string | undefined
  }

  add(chunk: Buffer): void {
    this.sizeBytes += chunk.length
    this.#sha256.update(chunk)
    if (this.#digest !== undefined) this.#md5.update(chunk)
    if (this.#crc !== undefined) this.#crc32 = crc32(chunk, this.#crc32)
  }

  check(expected: string | undefined): string {
    const sha256 = this.#sha256.digest('hex')
    const crc = Buffer.alloc(4)
    crc.writeUInt32BE(this.#crc32)
    if (expected !== undefined && expected !== sha256) {
      throw new Problem(400, 'XAmzContentSHA256Mismatch', 'The body is not the one that was signed.')
    }
    if (this.#crc !== undefined && this.#crc !== crc.toString('base64')) throw badDigest('CRC32')
    if (this.#digest !== undefined && this.#digest !== this.#md5.digest('base64'))
      throw badDigest('Content-MD5')
    return sha256
  }
}

function badDigest(name: string): Problem {
  return new Problem(400, 'BadDigest', `The ${name} you specified did not match what we received.`)
}
