// Bytes of one object into their place in an open file, going on where a connection broke. For downloads of all sizes.

import { ArgoError, errorMessage } from '../../src/errors/argo-error.ts'
import type { Logger } from '../../src/log/logger.ts'
import { isTransientNetworkError } from '../../src/util/transient-text.ts'
import { writeStream } from '../transfer/file-io.ts'
import type { StoreRetry } from '../transient.ts'
import type { ObjectBody, S3Client } from './client.ts'

export interface S3Io {
  readonly client: S3Client
  readonly retry: StoreRetry
  readonly log: Logger
}

export interface Wanted {
  readonly key: string
  /** First byte, and the one after the last. */
  readonly start: number
  readonly end: number
  /** Bytes of the object in all. */
  readonly sizeBytes: number
  /** Later requests must find the same object. */
  readonly etag?: string
}

/**
 * `open` is an answer that begins at `start` already. `seen` is told the bytes in order, each once. Rejects with
 * ERR_TORN_DATA when tries are used up before the bytes are complete.
 */
export async function fetchRange(
  io: S3Io,
  wanted: Wanted,
  descriptor: number,
  signal: AbortSignal,
  open?: ObjectBody,
  seen: (chunk: Buffer) => void = () => {},
): Promise<void> {
  let at = wanted.start
  let ready = open
  await io.retry.run(signal, async () => {
    const object = ready ?? (await request(io, wanted, at, signal))
    ready = undefined
    try {
      if (object.offset !== at) throw ignoresRanges(wanted)
      await writeStream(object.body, descriptor, at, (chunks, bytes) => {
        at += bytes
        for (const chunk of chunks) seen(chunk)
        return true
      })
    } catch (error) {
      throw isTransientNetworkError(error) && !signal.aborted
        ? torn(wanted, at, errorMessage(error), error)
        : error
    } finally {
      object.body.destroy()
    }
    if (at !== wanted.end)
      throw torn(wanted, at, at < wanted.end ? 'the answer ended early' : 'the answer is too long')
  })
}

function request(
  io: S3Io,
  { key, end, sizeBytes, etag }: Wanted,
  at: number,
  signal: AbortSignal,
): Promise<ObjectBody> {
  const whole = at === 0 && end === sizeBytes
  return io.client.get(key, {
    signal,
    ...(whole ? {} : { range: { start: at, end: end - 1 } }),
    ...(etag === undefined ? {} : { ifMatch: etag }),
  })
}

function torn({ key, start, end }: Wanted, at: number, why: string, cause?: unknown): ArgoError {
  return new ArgoError(
    `read ${key}: ${at - start} of ${end - start} bytes came from byte ${start} on: ${why}`,
    {
      code: 'ERR_TORN_DATA',
      retryable: at <= end,
      ...(cause === undefined ? {} : { cause }),
    },
  )
}

function ignoresRanges({ key }: Wanted): ArgoError {
  return new ArgoError(`read ${key}: the store answered with other bytes than the range that was asked for`, {
    code: 'ERR_TORN_DATA',
  })
}
