// Who may use the embedded object store: requests signed with the keys of this run. Other users of the machine can
// reach the port too.

import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { signatureV4, unsignedPayload } from '../../util/sigv4.ts'
import { notImplemented, Problem } from './problem.ts'

export interface StoreKeys {
  readonly accessKey: string
  readonly secretKey: string
}

export interface Target {
  /** As on the wire. */
  readonly path: string
  /** Decoded. */
  readonly query: readonly (readonly [string, string])[]
}

const allowedSkewMs = 15 * 60_000

/**
 * Throws a Problem unless the Authorization header proves the secret key. Returns what the body's SHA-256 must be;
 * undefined when the sender left it out.
 */
export function authenticate(request: IncomingMessage, target: Target, keys: StoreKeys): string | undefined {
  const header = request.headers.authorization
  if (header === undefined)
    throw new Problem(401, 'AccessDenied', 'Access Denied: the request is not signed.')
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/s3\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      header,
    )
  if (match === null)
    throw new Problem(
      400,
      'AuthorizationHeaderMalformed',
      'The authorization header is not AWS Signature Version 4.',
    )
  const [, accessKey = '', day = '', region = '', names = '', signature = ''] = match
  if (!same(accessKey, keys.accessKey))
    throw new Problem(403, 'InvalidAccessKeyId', 'The access key is not the one of this run.')

  const timestamp = one(request, 'x-amz-date')
  checkTime(timestamp, day)
  const payloadHash = one(request, 'x-amz-content-sha256')
  if (payloadHash.startsWith('STREAMING-')) throw notImplemented('bodies in signed chunks')
  const signed = names.split(';')
  if (!signed.includes('host') || !signed.includes('x-amz-content-sha256')) throw mismatch()
  const headers = Object.fromEntries(signed.map((name) => [name, one(request, name)]))
  const parts = { method: request.method ?? '', ...target, headers, payloadHash }
  if (!same(signature, signatureV4(parts, keys.secretKey, { timestamp, region, service: 's3' })))
    throw mismatch()
  return payloadHash === unsignedPayload ? undefined : payloadHash
}

function one(request: IncomingMessage, name: string): string {
  const values = request.headersDistinct[name] ?? []
  return values.join(',')
}

function checkTime(timestamp: string, day: string): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp)
  if (match === null || !timestamp.startsWith(day))
    throw new Problem(403, 'AccessDenied', 'The request has no valid x-amz-date.')
  const [, year, month, date, hour, minute, second] = match.map(Number)
  const ms = Date.UTC(year ?? 0, (month ?? 1) - 1, date, hour, minute, second)
  if (Math.abs(Date.now() - ms) > allowedSkewMs) {
    throw new Problem(
      403,
      'RequestTimeTooSkewed',
      "The difference between the request time and this machine's is too large.",
    )
  }
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}

function mismatch(): Problem {
  return new Problem(403, 'SignatureDoesNotMatch', 'The signature is not that of the secret key of this run.')
}
