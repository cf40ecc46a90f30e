// File names as text without losing a byte: Linux names are bytes, archives carry them, and JavaScript has strings.

import { isUtf8 } from 'node:buffer'

/**
 * Text of a name. A part that is not UTF-8 has each byte above 0x7f as the lone surrogate U+DC00 + byte, which no
 * valid text contains, so that two names are equal as text exactly when their bytes are.
 */
export function nameFromBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  return bytes
    .toString('latin1')
    .split('/')
    .map((part) =>
      isUtf8(Buffer.from(part, 'latin1')) ? Buffer.from(part, 'latin1').toString('utf8') : escape(part),
    )
    .join('/')
}

/** What to give to the file system for a path made of such names. */
export function pathForSystem(path: string): string | Buffer {
  if (path.isWellFormed()) return path
  return Buffer.concat(Array.from(path, bytesOf))
}

function bytesOf(character: string): Buffer {
  const code = character.charCodeAt(0)
  return character.length === 1 && code >= 0xdc80 && code <= 0xdcff
    ? Buffer.from([code - 0xdc00])
    : Buffer.from(character)
}

function escape(part: string): string {
  return part.replace(/[\u0080-\u00ff]/g, (character) =>
    String.fromCharCode(0xdc00 + character.charCodeAt(0)),
  )
}
