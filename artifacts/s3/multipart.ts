// The life of one upload in parts: begun, filled, and completed or aborted. For uploads of files and of streams.

import { errorMessage, type ArgoError } from '../../src/errors/argo-error.ts'
import type { PartReceipt, PutOptions } from './client.ts'
import type { S3Io } from './fetch-range.ts'

export interface Multipart {
  /** Parts count from 1, in any order. */
  put(number: number, bytes: Uint8Array, signal: AbortSignal): Promise<void>
}

const abortMs = 30_000

/** `fill` puts all parts; when it fails nothing is left behind in the store, as far as the store can be reached. */
export async function inParts(
  io: S3Io,
  key: string,
  options: PutOptions,
  fill: (upload: Multipart) => Promise<void>,
): Promise<void> {
  const { client, retry } = io
  const { signal } = options
  const id = await retry.run(signal, async () => client.createUpload(key, options))
  const receipts: PartReceipt[] = []
  let sizeBytes = 0
  try {
    await fill({
      put: async (number, bytes, partSignal) => {
        receipts.push(
          await retry.run(partSignal, async () => client.uploadPart(key, id, number, bytes, partSignal)),
        )
        sizeBytes += bytes.length
      },
    })
    receipts.sort((a, b) => a.number - b.number)
    await retry.run(signal, async (attempt) => {
      try {
        await client.completeUpload(key, id, receipts, signal)
      } catch (error) {
        // The answer to an earlier attempt was lost, but not the attempt.
        const gone = attempt > 1 && (error as Partial<ArgoError>).data?.['s3Code'] === 'NoSuchUpload'
        if (!gone || (await client.head(key, signal)).sizeBytes !== sizeBytes) throw error
      }
    })
  } catch (error) {
    // The caller's signal may be why we are here, so the abort has a bound of its own.
    await client.abortUpload(key, id, AbortSignal.timeout(abortMs)).catch((failure: unknown) => {
      io.log.warn('could not abort an upload, its parts stay in the store', {
        key,
        error: errorMessage(failure),
      })
    })
    throw error
  }
}
