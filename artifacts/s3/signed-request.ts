// One signed request to a bucket, and the three answers that are worth repeating at once: another region, a clock that
// is off, credentials that have just run out.

import type { Readable } from 'node:stream'
import type { Http, HttpResponse } from '../../src/util/http.ts'
import {
  authorizationV4,
  emptyPayloadHash,
  encodeQuery,
  sha256Hex,
  timestampV4,
  unsignedPayload,
  type SigningCredentials,
} from '../../src/util/sigv4.ts'
import type { S3Endpoint } from './endpoint.ts'
import { readRefusal, s3Error, type S3Refusal } from './s3-error.ts'

/** Credentials for the next request; `fresh` asks for others than the last ones, which had run out. */
export type CredentialSource = (fresh: boolean, signal: AbortSignal) => Promise<SigningCredentials>

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** The bucket itself when absent. */
  readonly key?: string
  readonly query?: readonly (readonly [string, string])[]
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly signal: AbortSignal
  readonly stallMs?: number
}

export interface SenderOptions {
  readonly http: Http
  readonly endpoint: S3Endpoint
  readonly bucket: string
  readonly region?: string
  readonly credentials: CredentialSource
}

export type SendS3 = (request: S3Request) => Promise<HttpResponse>

const usualStallMs = 60_000

/** Resolves for 2xx only; every refusal becomes an ArgoError and its connection is free again. */
export function createSender(options: SenderOptions): SendS3 {
  let region = options.region || options.endpoint.region || 'us-east-1'
  let clockOffsetMs = 0
  let fresh = false

  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const credentials = await options.credentials(fresh, request.signal)
      fresh = false
      const response = await options.http.request(sign(request, options, region, credentials, clockOffsetMs))
      if (response.status >= 200 && response.status < 300) return response
      const refusal = await readRefusal(response, request.key)
      if (attempt <= 3) {
        const elsewhere = otherRegion(refusal, region)
        if (elsewhere !== undefined) {
          region = elsewhere
          continue
        }
        if (refusal.code === 'RequestTimeTooSkewed' && refusal.dateMs !== undefined && attempt === 1) {
          clockOffsetMs = refusal.dateMs - Date.now()
          continue
        }
        if (refusal.code === 'ExpiredToken' && attempt === 1) {
          fresh = true
          continue
        }
      }
      throw s3Error(refusal, placeOf(request, options, region))
    }
  }
}

/** A body that is read to its end although nobody wants it. */
export async function drain(body: Readable): Promise<void> {
  for await (const _chunk of body) {
    // Only the end is of interest.
  }
}

function otherRegion({ region, status, code }: S3Refusal, tried: string): string | undefined {
  const moved = status === 301 || status === 307 || status === 400 || code === 'AuthorizationHeaderMalformed'
  // The name becomes part of a host name and of a signature.
  return moved && region !== undefined && region !== tried && /^[a-z0-9-]{1,64}$/.test(region)
    ? region
    : undefined
}

function sign(
  request: S3Request,
  { endpoint }: SenderOptions,
  region: string,
  credentials: SigningCredentials,
  clockOffsetMs: number,
): Parameters<Http['request']>[0] {
  const origin = endpoint.originFor(region)
  const path = endpoint.pathOf(request.key)
  const query = request.query ?? []
  const timestamp = timestampV4(new Date(Date.now() + clockOffsetMs))
  const payloadHash =
    request.body === undefined
      ? emptyPayloadHash
      : endpoint.secure
        ? unsignedPayload
        : sha256Hex(request.body)
  const headers: Record<string, string> = {
    ...request.headers,
    host: new URL(origin).host,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': timestamp,
    ...(credentials.sessionToken ? { 'x-amz-security-token': credentials.sessionToken } : {}),
  }
  const parts = { method: request.method, path, query, headers, payloadHash }
  const authorization = authorizationV4(parts, credentials, { timestamp, region, service: 's3' })
  return {
    method: request.method,
    url: origin,
    path: query.length === 0 ? path : `${path}?${encodeQuery(query)}`,
    headers: { ...headers, authorization },
    signal: request.signal,
    repeatable: request.method !== 'POST',
    stallMs: request.stallMs ?? usualStallMs,
    ...(request.body === undefined ? {} : { body: request.body }),
  }
}

function placeOf(request: S3Request, { bucket, endpoint }: SenderOptions, region: string): string {
  return `s3://${bucket}/${request.key ?? ''} at ${endpoint.originFor(region)}`
}
