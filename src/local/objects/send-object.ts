// GET and HEAD of one object, whole or a range of it.

import { createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { OpenObject } from './bucket-files.ts'
import { Problem } from './problem.ts'

export async function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  object: OpenObject,
): Promise<void> {
  const { etag, sizeBytes, modified, path, descriptor } = object
  const wanted = request.headers['if-match']
  if (wanted !== undefined && wanted !== '*' && wanted.replace(/^"|"$/g, '') !== etag) {
    throw new Problem(
      412,
      'PreconditionFailed',
      'At least one of the preconditions you specified did not hold.',
    )
  }
  const range = rangeOf(request.headers.range, sizeBytes)
  const { start, end } = range ?? { start: 0, end: sizeBytes }
  response.writeHead(range === undefined ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'content-length': end - start,
    'last-modified': modified.toUTCString(),
    etag: `"${etag}"`,
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` }),
  })
  if (request.method === 'HEAD' || start === end) response.end()
  else
    await pipeline(
      createReadStream(path, {
        fd: descriptor,
        autoClose: false,
        start,
        end: end - 1,
        highWaterMark: 256 * 1024,
      }),
      response,
    )
}

/** First byte and the one after the last; undefined for the whole object. Other forms than one range of bytes are ignored. */
function rangeOf(
  header: string | undefined,
  sizeBytes: number,
): { readonly start: number; readonly end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (match === null || (match[1] === '' && match[2] === '')) return undefined
  const [first = '', last = ''] = match.slice(1)
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1)
  if (start >= sizeBytes || start >= end)
    throw new Problem(416, 'InvalidRange', 'The requested range is not satisfiable')
  return { start, end }
}
