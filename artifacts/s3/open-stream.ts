// The bytes of an object, or a part of them, as they come: for readers who do not want a file.

import { Readable } from 'node:stream'
import { ArgoError, errorMessage, hasCode } from '../../src/errors/argo-error.ts'
import { isTransientNetworkError } from '../../src/util/transient-text.ts'
import type { RangeOptions } from '../driver.ts'
import type { GetOptions, ObjectBody } from './client.ts'
import { explain } from './explain.ts'
import type { S3Io } from './fetch-range.ts'
import { isDirectory } from './is-directory.ts'

/**
 * Resolves when the store has answered; goes on by itself where a connection broke. Rejects with ERR_NOT_IMPLEMENTED
 * for a directory, ERR_BAD_REQUEST for a range behind the end.
 */
export async function openStream(
  io: S3Io,
  key: string,
  { signal, offset = 0, length }: RangeOptions,
): Promise<Readable> {
  if (length === 0) return Readable.from([])
  const wish = length === undefined ? Infinity : offset + length
  const options: GetOptions = { signal, ...rangeOf(offset, wish) }
  try {
    const first = await explain('failed to get file', () =>
      io.retry.run(signal, async () => io.client.get(key, options)),
    )
    const end = Math.min(wish, first.sizeBytes)
    return Readable.from(bytesOf(io, key, first, offset, end, signal), { objectMode: false })
  } catch (error) {
    if (!hasCode(error, 'ERR_NOT_FOUND') || !(await isDirectory(io, key, signal))) throw error
    throw new ArgoError(
      `open ${key}: it is a directory, and directories cannot be read as one stream; load it or list it`,
      {
        code: 'ERR_NOT_IMPLEMENTED',
      },
    )
  }
}

async function* bytesOf(
  io: S3Io,
  key: string,
  first: ObjectBody,
  offset: number,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let at = offset
  let object: ObjectBody | undefined = first
  for (let broken = 0; at < end; broken++) {
    const from = at
    const current: ObjectBody =
      object ?? (await io.retry.run(signal, async () => io.client.get(key, again(first, from, end, signal))))
    object = undefined
    try {
      if (current.offset !== at) throw torn(key, at, end, 'the store ignored the range')
      for await (const chunk of current.body as AsyncIterable<Buffer>) {
        yield chunk
        at += chunk.length
      }
    } catch (error) {
      if (signal.aborted || !isTransientNetworkError(error) || broken >= 4) throw error
      io.log.warn('the connection broke, going on over another', {
        key,
        bytes: at,
        error: errorMessage(error),
      })
    } finally {
      current.body.destroy()
    }
    if (at > end || (at < end && broken >= 4)) throw torn(key, at, end, 'the answer has another length')
  }
}

function again({ etag }: ObjectBody, at: number, end: number, signal: AbortSignal): GetOptions {
  return { signal, ...rangeOf(at, end), ...(etag === undefined ? {} : { ifMatch: etag }) }
}

function rangeOf(start: number, end: number): Pick<GetOptions, 'range'> {
  if (start === 0 && end === Infinity) return {}
  return { range: { start, ...(end === Infinity ? {} : { end: end - 1 }) } }
}

function torn(key: string, at: number, end: number, why: string): ArgoError {
  return new ArgoError(`read ${key}: came to byte ${at} of ${end}: ${why}`, { code: 'ERR_TORN_DATA' })
}
