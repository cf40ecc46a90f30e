// One object into an open file: resumed where it broke off, large ones over several connections, verified at the end.

import { ftruncateSync } from 'node:fs'
import { ArgoError } from '../../src/errors/argo-error.ts'
import { readFully } from '../transfer/file-io.ts'
import { createVerifier, type Verifier } from '../transfer/verify.ts'
import type { ObjectBody } from './client.ts'
import { fetchRange, type S3Io } from './fetch-range.ts'
import { fetchSegments } from './fetch-segments.ts'

export interface DownloadOptions {
  readonly signal: AbortSignal
  /** Bytes per request of a large object; an object up to twice as long takes one request. Default 16 MiB. */
  readonly segmentBytes?: number
  /** Connections for one large object; default 4. */
  readonly connections?: number
}

/**
 * Fills the (empty) file behind `descriptor`. Rejects with ERR_NOT_FOUND, or ERR_TORN_DATA when bytes are missing or
 * other than the store says after all tries.
 */
export async function downloadObject(
  io: S3Io,
  key: string,
  descriptor: number,
  options: DownloadOptions,
): Promise<void> {
  const { signal, segmentBytes = 16 * 1024 * 1024, connections = 4 } = options
  const first = await io.retry.run(signal, async () => io.client.get(key, { signal }))
  try {
    if (first.sizeBytes <= 2 * segmentBytes || first.etag === undefined)
      await inOneGo(io, key, descriptor, first, signal)
    else {
      await fetchSegments(io, key, descriptor, first, { signal, segmentBytes, connections })
      await verifyFile(key, descriptor, first, signal)
    }
  } finally {
    first.body.destroy()
  }
}

async function inOneGo(
  io: S3Io,
  key: string,
  descriptor: number,
  first: ObjectBody,
  signal: AbortSignal,
): Promise<void> {
  let ready: ObjectBody | undefined = first
  let before: string | undefined
  await io.retry.run(signal, async (attempt) => {
    const object: ObjectBody = ready ?? (await io.client.get(key, { signal }))
    ready = undefined
    if (attempt > 1) ftruncateSync(descriptor, 0)
    const { sizeBytes, etag } = object
    const verifier = createVerifier(object)
    const wanted = { key, start: 0, end: sizeBytes, sizeBytes, ...(etag === undefined ? {} : { etag }) }
    await fetchRange(io, wanted, descriptor, signal, object, (chunk) => verifier?.update(chunk))
    const result = verifier?.result()
    if (result === undefined) return
    // An ETag is only by custom the MD5 of the object: when a second transfer brings the same bytes, the bytes are
    // right and this store's ETag is something else.
    if (result.algorithm === 'md5' && result.found === before) return
    before = result.found
    compare(key, result)
  })
}

/** The pieces came in any order, so the whole is read again, out of the page cache. */
async function verifyFile(
  key: string,
  descriptor: number,
  claims: ObjectBody,
  signal: AbortSignal,
): Promise<void> {
  const verifier = createVerifier({ ...claims, plainEtag: false })
  if (verifier === undefined) return
  const buffer = Buffer.allocUnsafe(1024 * 1024)
  for (let at = 0; at < claims.sizeBytes; at += buffer.length) {
    signal.throwIfAborted()
    const piece = buffer.subarray(0, Math.min(buffer.length, claims.sizeBytes - at))
    await readFully(descriptor, piece, at, key)
    verifier.update(piece)
  }
  compare(key, verifier.result())
}

function compare(key: string, { algorithm, found, claim }: ReturnType<Verifier['result']>): void {
  if (found === claim) return
  throw new ArgoError(`read ${key}: the ${algorithm} of the bytes is ${found}, the store says ${claim}`, {
    code: 'ERR_TORN_DATA',
    retryable: true,
  })
}
