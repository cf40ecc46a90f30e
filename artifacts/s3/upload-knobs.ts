// How large the parts of an upload are and how many go at once, by the knobs of Argo (spec executor 6.1, 7).

import type { Environment } from '../../src/util/environment.ts'

export interface UploadKnobs {
  readonly threads: number
  /** Usual size of a part, in bytes. */
  readonly partBytes: number
}

const mebibyte = 1024 * 1024
/** Small parts keep the memory of wait small; the time per part is still far above the cost of a request. */
const usualPartBytes = 8 * mebibyte
/** deviates: a part is a buffer, so larger ones than this are not asked for unless the object has too many parts. */
const largestPartBytes = 64 * mebibyte
const mostParts = 10_000

export function uploadKnobs(env: Environment): UploadKnobs {
  const threads = wholeNumber(env['ARTIFACT_S3_UPLOAD_THREADS'])
  const part = wholeNumber(env['ARTIFACT_S3_UPLOAD_PART_SIZE_MIB'])
  return {
    threads: threads !== undefined && threads >= 1 ? Math.min(threads, 64) : 4,
    partBytes:
      part !== undefined && part >= 5 && part <= 5120
        ? Math.min(part * mebibyte, largestPartBytes)
        : usualPartBytes,
  }
}

/** Size of every part but the last of an object of known length. */
export function partBytesFor(sizeBytes: number, { partBytes }: UploadKnobs): number {
  const least = Math.ceil(sizeBytes / mostParts / mebibyte) * mebibyte
  return Math.max(partBytes, least)
}

/** Size of part `index` (from 0) of an object whose length is not known: grows so that 5 TiB fit into 10 000 parts. */
export function partBytesAt(index: number, { partBytes }: UploadKnobs): number {
  return partBytes * 2 ** Math.floor(index / 1000)
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : undefined
}
