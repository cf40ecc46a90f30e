// FNV hashes over UTF-8 bytes, as Go's hash/fnv computes them: node ids, pod names and offload versions use them.

const offsetBasis = 0x811c9dc5
const prime = 0x01000193

/** FNV-1a, 32 bits, as an unsigned number: node ids and pod names. */
export function fnv1a32(text: string): number {
  let hash = offsetBasis
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, prime)
  return hash >>> 0
}

/** FNV-1, 32 bits, as an unsigned number: versions of offloaded node statuses. */
export function fnv132(text: string): number {
  let hash = offsetBasis
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash, prime) ^ byte
  return hash >>> 0
}
