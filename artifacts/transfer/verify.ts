// Checks that what arrived is what the store has, by the strongest statement that the store makes about it.

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

export interface Claims {
  /** Base64 by algorithm; `crc32` and `sha256` are understood. */
  readonly checksums: Readonly<Record<string, string>>
  readonly etag?: string
  readonly plainEtag: boolean
}

export interface Verifier {
  update(chunk: Uint8Array): void
  /** `claim` differs from `found` when the bytes are not the store's. */
  result(): { readonly algorithm: string; readonly found: string; readonly claim: string }
}

/** Undefined when the store claims nothing that can be checked. */
export function createVerifier({ checksums, etag, plainEtag }: Claims): Verifier | undefined {
  const { crc32: crc, sha256 } = checksums
  if (crc !== undefined) return crc32Verifier(crc)
  if (sha256 !== undefined) return hashVerifier('sha256', 'base64', sha256)
  if (plainEtag && etag !== undefined) return hashVerifier('md5', 'hex', etag)
  return undefined
}

function crc32Verifier(claim: string): Verifier {
  let value = 0
  return {
    update: (chunk) => {
      value = crc32(chunk, value)
    },
    result: () => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return { algorithm: 'crc32', found: bytes.toString('base64'), claim }
    },
  }
}

function hashVerifier(algorithm: 'sha256' | 'md5', encoding: 'base64' | 'hex', claim: string): Verifier {
  const hash = createHash(algorithm)
  let found: string | undefined
  return {
    update: (chunk) => hash.update(chunk),
    result: () => ({ algorithm, found: (found ??= hash.digest(encoding)), claim }),
  }
}
