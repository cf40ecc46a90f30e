// Reads a tar stream member by member: ustar, pax and GNU long names, byte-exact and strict, for unpacking.

import { ByteReader } from './byte-reader.ts'
import { nameFromBytes } from './file-name.ts'
import {
  cString,
  decodeTarBlock,
  isHeaderOnly,
  isZero,
  memberType,
  type TarBlock,
  type TarMemberType,
} from './tar-block.ts'
import { invalid, torn } from './tar-error.ts'
import { readTarExtension, type TarExtension } from './tar-extension.ts'
import { blockSize } from './tar-header.ts'

export interface TarMember {
  readonly name: string
  readonly type: TarMemberType
  readonly mode: number
  readonly sizeBytes: number
  readonly mtimeSeconds: number
  readonly atimeSeconds: number
  readonly linkTarget: string
  /** The content; what is not read before the next member is asked for is skipped. */
  readonly body: AsyncIterable<Buffer>
}

export interface ReadTarOptions {
  /** Refuse an archive without its end marker; for plain tar, which has no checksum that would show a cut. */
  readonly requireEnd?: boolean
}

/** As Go's reader: longer special headers are an attack. */
const longestSpecial = 1024 * 1024

/**
 * Yields members in order. Throws ERR_TORN_DATA when the archive is cut short, ERR_INVALID_INPUT when it is none. After
 * the end marker the source is read to its end, so that its own checks are made.
 */
export async function* readTar(
  source: AsyncIterable<Buffer>,
  options: ReadTarOptions = {},
): AsyncGenerator<TarMember> {
  const reader = new ByteReader(source)
  let next: TarExtension = {}
  try {
    for (;;) {
      const block = await reader.exactly(blockSize)
      if (block.length === 0 && !options.requireEnd) return
      if (block.length < blockSize) throw torn('it ends without an end marker')
      if (isZero(block)) {
        const second = await reader.exactly(blockSize)
        if (second.length === blockSize && !isZero(second)) throw invalid('a zero block is followed by data')
        await reader.drain()
        return
      }
      const header = decodeTarBlock(block)
      if ('LKxg'.includes(header.flag)) {
        const text = await special(reader, header)
        if (header.flag === 'L') next = { ...next, name: cString(text) }
        if (header.flag === 'K') next = { ...next, linkTarget: cString(text) }
        if (header.flag === 'x') next = { ...next, ...readTarExtension(text) }
        // parity: Go's reader hands a global header ('g') out and applies none of it.
        continue
      }
      const member = { ...header, ...next }
      next = {}
      const type = memberType(member)
      const body = new Body(reader, type === 'directory' || isHeaderOnly(member.flag) ? 0 : member.sizeBytes)
      yield {
        name: nameFromBytes(member.name),
        type,
        mode: member.mode,
        sizeBytes: body.sizeBytes,
        mtimeSeconds: member.mtimeSeconds,
        atimeSeconds: member.atimeSeconds ?? member.mtimeSeconds,
        linkTarget: nameFromBytes(member.linkTarget),
        body,
      }
      await body.skip()
    }
  } finally {
    await reader.close()
  }
}

async function special(reader: ByteReader, header: TarBlock): Promise<Buffer> {
  if (header.sizeBytes > longestSpecial) throw invalid(`a special header has ${header.sizeBytes} bytes`)
  const text = Buffer.from(await reader.exactly(header.sizeBytes))
  const rest = (blockSize - (header.sizeBytes % blockSize)) % blockSize
  if (text.length < header.sizeBytes || (await reader.exactly(rest)).length < rest)
    throw torn('a special header is cut')
  return text
}

class Body implements AsyncIterable<Buffer> {
  readonly sizeBytes: number
  readonly #reader: ByteReader
  #left: number
  #skipped = false

  constructor(reader: ByteReader, sizeBytes: number) {
    this.#reader = reader
    this.sizeBytes = sizeBytes
    this.#left = sizeBytes
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (this.#left > 0) {
      const piece = await this.#reader.some(this.#left)
      if (piece === undefined) throw torn(`${this.#left} bytes of a member are missing`)
      this.#left -= piece.length
      yield piece
    }
  }

  async skip(): Promise<void> {
    if (this.#skipped) return
    this.#skipped = true
    for await (const _piece of this);
    const rest = (blockSize - (this.sizeBytes % blockSize)) % blockSize
    if ((await this.#reader.exactly(rest)).length < rest) throw torn('the last block of a member is cut')
  }
}
