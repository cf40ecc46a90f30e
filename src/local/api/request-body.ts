// The body of a request to the embedded API: bounded, and JSON whatever it claims to be.

import type { IncomingMessage } from 'node:http'
import { errorMessage } from '../../errors/argo-error.ts'
import { badRequest, tooLarge } from './status-errors.ts'

/** As the real API server's. */
export const longestBodyBytes = 3 * 1024 * 1024

/** Undefined for an empty body. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestBodyBytes) throw tooLarge(longestBodyBytes)
    chunks.push(chunk)
  }
  if (length === 0) return undefined
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
  } catch (error) {
    throw badRequest(`the body of the request is no JSON: ${errorMessage(error)}`)
  }
}

/** `application/json` of `application/json; charset=utf-8`. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}
