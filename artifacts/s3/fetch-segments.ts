// A large object over several connections at once. For downloads.

import { mapLimit } from '../../src/util/limit.ts'
import { isTransientNetworkError } from '../../src/util/transient-text.ts'
import { writeStream } from '../transfer/file-io.ts'
import type { ObjectBody } from './client.ts'
import { fetchRange, type S3Io, type Wanted } from './fetch-range.ts'

export interface SegmentOptions {
  readonly signal: AbortSignal
  readonly segmentBytes: number
  readonly connections: number
}

/**
 * The answer that is there already goes on from segment to segment; further connections take segments from the end,
 * until the two meet. So no byte is asked for twice and the first request is not thrown away.
 */
export async function fetchSegments(
  io: S3Io,
  key: string,
  descriptor: number,
  first: ObjectBody,
  { signal, segmentBytes, connections }: SegmentOptions,
): Promise<void> {
  const { sizeBytes } = first
  const segments = Array.from({ length: Math.ceil(sizeBytes / segmentBytes) }, (_, index): Wanted => {
    const start = index * segmentBytes
    const end = Math.min(sizeBytes, start + segmentBytes)
    return { key, start, end, sizeBytes, ...(first.etag === undefined ? {} : { etag: first.etag }) }
  })
  let front = 0
  let back = segments.length
  const fromBehind = async (lane: AbortSignal): Promise<void> => {
    while (front + 1 < back) await fetchRange(io, segments[--back] as Wanted, descriptor, lane)
  }
  const fromFront = async (lane: AbortSignal): Promise<void> => {
    let at = 0
    try {
      await writeStream(first.body, descriptor, 0, (_chunks, bytes) => {
        at += bytes
        while (front + 1 < back && at >= (segments[front] as Wanted).end) front++
        return at < (segments[front] as Wanted).end
      })
    } catch (error) {
      if (lane.aborted || !isTransientNetworkError(error)) throw error
      io.log.warn('the connection broke, going on over another', { key, bytes: at })
    } finally {
      first.body.destroy()
    }
    const current = segments[front] as Wanted
    if (at < current.end)
      await fetchRange(io, { ...current, start: Math.max(at, current.start) }, descriptor, lane)
    await fromBehind(lane)
  }
  const lanes = [fromFront, ...Array.from({ length: connections - 1 }, () => fromBehind)]
  await mapLimit(lanes, { limit: lanes.length, signal }, (run, lane) => run(lane))
}
