// The body of a request to the embedded API: bounded, JSON, or the protobuf of the few kinds that kubectl sends so.

import type { IncomingMessage } from 'node:http'
import { errorMessage } from '../../errors/argo-error.ts'
import { decodeKubeProtobuf, protobufType } from './kube-protobuf.ts'
import { badRequest, tooLarge, unsupportedMedia } from './status-errors.ts'

/** As the real API server's. */
const longestBodyBytes = 3 * 1024 * 1024

/** An object in any accepted form. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const type = mediaType(request)
  if (type === protobufType) return decodeKubeProtobuf(await readBytes(request))
  if (!['', 'application/json', 'application/x-www-form-urlencoded'].includes(type)) {
    throw unsupportedMedia(['application/json', protobufType])
  }
  return readJsonBody(request)
}

/** JSON whatever the type says; undefined for an empty body. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request)
  if (bytes.length === 0) return undefined
  if (mediaType(request) === protobufType) return decodeKubeProtobuf(bytes)
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch (error) {
    throw badRequest(`the body of the request is no JSON: ${errorMessage(error)}`)
  }
}

/** `application/json` of `application/json; charset=utf-8`. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestBodyBytes) throw tooLarge(longestBodyBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
