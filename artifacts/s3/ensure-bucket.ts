// Makes the bucket before the first save where the artifact asks for it.

import type { S3Bucket } from '../../src/spec/types.ts'
import { explain } from './explain.ts'
import type { S3Io } from './fetch-range.ts'

/** Once per driver, not per save: a bucket does not go away between two artifacts. */
export function ensureBucket(
  { client, retry }: S3Io,
  place: S3Bucket,
): (signal: AbortSignal) => Promise<void> {
  const wish = place.createBucketIfNotPresent
  if (wish === undefined) return async () => {}
  let made: Promise<void> | undefined
  const make = async (signal: AbortSignal): Promise<void> => {
    const objectLocking = wish.objectLocking === true
    const created = await explain(`failed to create bucket ${place.bucket ?? ''}`, () =>
      retry.run(signal, async () => client.createBucket({ objectLocking }, signal)),
    )
    if (!created || place.encryptionOptions?.enableEncryption !== true) return
    await explain(`failed to encrypt bucket ${place.bucket ?? ''}`, () =>
      retry.run(signal, async () => client.encryptBucket(signal)),
    )
  }
  return async (signal) => {
    made ??= make(signal).catch((error: unknown) => {
      made = undefined
      throw error
    })
    await made
  }
}
