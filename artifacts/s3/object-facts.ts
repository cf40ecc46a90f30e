// What the header of an answer says about an object.

import type { IncomingHttpHeaders } from 'node:http'
import type { ObjectFacts } from './client.ts'

/** `sizeBytes` is NaN when the answer does not tell it. */
export function factsOf(headers: IncomingHttpHeaders): ObjectFacts {
  const etag = headers.etag?.replace(/^W\//, '').replace(/^"|"$/g, '')
  const lastModified = headers['last-modified']
  const encryption = headers['x-amz-server-side-encryption']
  const ownKey = headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined
  return {
    sizeBytes: Number(headers['content-length'] ?? Number.NaN),
    ...(etag ? { etag } : {}),
    ...(lastModified === undefined ? {} : { lastModified: isoTime(lastModified) }),
    checksums: checksumsOf(headers),
    plainEtag:
      etag !== undefined &&
      /^[0-9a-f]{32}$/.test(etag) &&
      !ownKey &&
      (encryption === undefined || encryption === 'AES256'),
  }
}

function checksumsOf(headers: IncomingHttpHeaders): Record<string, string> {
  const found: Record<string, string> = {}
  if (headers['x-amz-checksum-type'] === 'COMPOSITE') return found
  for (const algorithm of ['crc32', 'sha256']) {
    const value = headers[`x-amz-checksum-${algorithm}`]
    if (typeof value === 'string' && /^[A-Za-z0-9+/]+=*$/.test(value)) found[algorithm] = value
  }
  return found
}

/** Of an answer to a request for a range. */
export function contentRange(
  headers: IncomingHttpHeaders,
): { readonly start: number; readonly total: number } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '')
  return match === null ? undefined : { start: Number(match[1]), total: Number(match[2]) }
}

function isoTime(text: string): string {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? text : new Date(ms).toISOString()
}
