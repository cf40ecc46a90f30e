// Decodes the records of a pax header by their stated lengths: values may hold newlines and any bytes.

import { ArgoError } from '../errors/argo-error.ts'

/** Keyword to value (POSIX.1-2001, pax extended header). Throws ERR_INVALID_INPUT for a record that does not add up. */
export function decodePax(text: Buffer): ReadonlyMap<string, Buffer> {
  const records = new Map<string, Buffer>()
  for (let at = 0; at < text.length;) {
    const space = text.indexOf(0x20, at)
    const digits = space === -1 ? '' : text.toString('latin1', at, space)
    const length = /^\d{1,7}$/.test(digits) ? Number(digits) : 0
    const end = at + length
    const equals = text.indexOf(0x3d, space)
    if (length === 0 || end > text.length || text[end - 1] !== 0x0a || equals === -1 || equals >= end)
      throw broken()
    const value = text.subarray(equals + 1, end - 1)
    if (value.includes(0)) throw broken()
    records.set(text.toString('utf8', space + 1, equals), Buffer.from(value))
    at = end
  }
  return records
}

function broken(): ArgoError {
  return new ArgoError('unpack the tar archive: a record of a pax header is broken', {
    code: 'ERR_INVALID_INPUT',
  })
}
