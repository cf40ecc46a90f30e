// Reads a tar stream member by member: ustar, pax and GNU long names, byte-exact and strict, for unpacking.

import { ArgoError } from '../errors/argo-error.ts'
import { ByteReader } from './byte-reader.ts'
import { nameFromBytes } from './file-name.ts'
import { decodePax } from './pax.ts'
import { blockSize } from './tar-header.ts'

export type TarMemberType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'other'

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
  let next: Extension = {}
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
      const header = decodeHeader(block)
      if ('LKxg'.includes(header.flag)) {
        const text = await special(reader, header)
        if (header.flag === 'L') next = { ...next, name: cString(text) }
        if (header.flag === 'K') next = { ...next, linkTarget: cString(text) }
        if (header.flag === 'x') next = { ...next, ...fromPax(text) }
        // parity: Go's reader hands a global header ('g') out and applies none of it.
        continue
      }
      const member = { ...header, ...next }
      next = {}
      const body = new Body(
        reader,
        memberType(member) === 'file' || !isHeaderOnly(member.flag) ? member.sizeBytes : 0,
      )
      yield {
        name: nameFromBytes(member.name),
        type: memberType(member),
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

/** Whether a block is a tar header: its own checksum matches. A zero block is not. */
export function isTarHeader(block: Buffer): boolean {
  if (block.length < blockSize || isZero(block)) return false
  let unsigned = 8 * 0x20
  let signed = 8 * 0x20
  for (let index = 0; index < blockSize; index++) {
    if (index >= 148 && index < 156) continue
    unsigned += block.readUInt8(index)
    signed += block.readInt8(index)
  }
  const stated = octal(block.subarray(148, 156))
  return stated === unsigned || stated === signed
}

interface Header {
  readonly name: Buffer
  readonly linkTarget: Buffer
  readonly flag: string
  readonly mode: number
  readonly sizeBytes: number
  readonly mtimeSeconds: number
  readonly atimeSeconds?: number
}

/** What a pax or GNU header says about the member after it. */
type Extension = Partial<Pick<Header, 'name' | 'linkTarget' | 'sizeBytes' | 'mtimeSeconds' | 'atimeSeconds'>>

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

function decodeHeader(block: Buffer): Header {
  if (!isTarHeader(block)) throw invalid('the checksum of a header is wrong')
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\u0000'
  const prefix = isUstar ? cString(block.subarray(345, 500)) : Buffer.alloc(0)
  const name = cString(block.subarray(0, 100))
  return {
    name: prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    linkTarget: cString(block.subarray(157, 257)),
    flag: block.toString('latin1', 156, 157),
    mode: number(block.subarray(100, 108)),
    sizeBytes: number(block.subarray(124, 136)),
    mtimeSeconds: number(block.subarray(136, 148)),
  }
}

function memberType(header: Pick<Header, 'flag' | 'name'>): TarMemberType {
  switch (header.flag) {
    case '\u0000':
      return header.name.at(-1) === 0x2f ? 'directory' : 'file'
    case '0':
    case '7':
      return 'file'
    case '1':
      return 'hardlink'
    case '2':
      return 'symlink'
    case '5':
      return 'directory'
    case 'S':
      throw invalid(`${nameFromBytes(header.name)} is a GNU sparse file: pack it without --sparse`)
    default:
      return 'other'
  }
}

/** Links, devices, pipes and folders have no content whatever their size field says. */
function isHeaderOnly(flag: string): boolean {
  return '123456'.includes(flag)
}

async function special(reader: ByteReader, header: Header): Promise<Buffer> {
  if (header.sizeBytes > longestSpecial) throw invalid(`a special header has ${header.sizeBytes} bytes`)
  const text = Buffer.from(await reader.exactly(header.sizeBytes))
  const rest = (blockSize - (header.sizeBytes % blockSize)) % blockSize
  if (text.length < header.sizeBytes || (await reader.exactly(rest)).length < rest)
    throw torn('a special header is cut')
  return text
}

function fromPax(text: Buffer): Extension {
  const records = decodePax(text)
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) {
    throw invalid('it holds a sparse file: pack it without --sparse')
  }
  const seconds = (key: string): number | undefined => finite(records.get(key))
  const name = records.get('path')
  const linkTarget = records.get('linkpath')
  const sizeBytes = finite(records.get('size'))
  const mtimeSeconds = seconds('mtime')
  const atimeSeconds = seconds('atime')
  return {
    ...(name?.length ? { name } : {}),
    ...(linkTarget?.length ? { linkTarget } : {}),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(mtimeSeconds === undefined ? {} : { mtimeSeconds }),
    ...(atimeSeconds === undefined ? {} : { atimeSeconds }),
  }
}

function finite(value: Buffer | undefined): number | undefined {
  if (value === undefined || value.length === 0) return undefined
  const text = value.toString('latin1')
  if (!/^-?\d{1,15}(?:\.\d*)?$/.test(text))
    throw invalid(`a pax header has the number ${JSON.stringify(text)}`)
  return Number(text)
}

/** Octal digits, or base 256 when the first bit is set (GNU, star); at most 2^53 - 1. */
function number(field: Buffer): number {
  const first = field[0] ?? 0
  if ((first & 0x80) === 0) {
    const value = octal(field)
    if (value === undefined) throw invalid('a number of a header is no octal number')
    return value
  }
  let value = (first & 0x7f) - (first & 0x40 ? 0x80 : 0)
  for (const byte of field.subarray(1)) value = value * 256 + byte
  if (!Number.isSafeInteger(value)) throw invalid('a number of a header is too large')
  return value
}

function octal(field: Buffer): number | undefined {
  const text = field.toString('latin1').replaceAll('\u0000', ' ').trimStart().split(' ')[0] ?? ''
  if (text === '') return 0
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined
}

function cString(field: Buffer): Buffer {
  const end = field.indexOf(0)
  return Buffer.from(end === -1 ? field : field.subarray(0, end))
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0)
}

function torn(what: string): ArgoError {
  return new ArgoError(`unpack the tar archive: ${what}`, { code: 'ERR_TORN_DATA' })
}

function invalid(what: string): ArgoError {
  return new ArgoError(`unpack the tar archive: ${what}`, { code: 'ERR_INVALID_INPUT' })
}
