// Decodes the 512-byte headers of a tar file: ustar, GNU and older ones, strictly; for unpacking and for detection.

import { nameFromBytes } from './file-name.ts'
import { invalid } from './tar-error.ts'
import { blockSize } from './tar-header.ts'

export type TarMemberType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'other'

/** Numbers are not negative where that has no meaning; times are seconds since 1970. */
export interface TarBlock {
  readonly name: Buffer
  readonly linkTarget: Buffer
  readonly flag: string
  readonly mode: number
  readonly sizeBytes: number
  readonly mtimeSeconds: number
  readonly atimeSeconds?: number
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

/** Throws ERR_INVALID_INPUT. */
export function decodeTarBlock(block: Buffer): TarBlock {
  if (!isTarHeader(block)) throw invalid('the checksum of a header is wrong')
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\u0000'
  const prefix = isUstar ? cString(block.subarray(345, 500)) : Buffer.alloc(0)
  const name = cString(block.subarray(0, 100))
  return {
    name: prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    linkTarget: cString(block.subarray(157, 257)),
    flag: block.toString('latin1', 156, 157),
    mode: number(block.subarray(100, 108)),
    sizeBytes: size(number(block.subarray(124, 136))),
    mtimeSeconds: number(block.subarray(136, 148)),
  }
}

export function memberType(header: Pick<TarBlock, 'flag' | 'name'>): TarMemberType {
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
export function isHeaderOnly(flag: string): boolean {
  return '123456'.includes(flag)
}

export function cString(field: Buffer): Buffer {
  const end = field.indexOf(0)
  return Buffer.from(end === -1 ? field : field.subarray(0, end))
}

export function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0)
}

/** A length that can be counted. */
export function size(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw invalid(`a member says that it has ${value} bytes`)
  return value
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
