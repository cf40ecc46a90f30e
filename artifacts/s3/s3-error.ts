// From the refusal of a store to an error of ours: which code, whether another try helps, and what to do about it.

import { ArgoError, type ErrorCode } from '../../src/errors/argo-error.ts'
import type { HttpResponse } from '../../src/util/http.ts'
import { readBody } from '../../src/util/http/read-body.ts'
import { isTransientStoreFailure } from '../transient.ts'
import { parseXml, textOf } from '../../src/util/xml.ts'

export interface S3Refusal {
  readonly status: number
  /** `NoSuchKey`, ...; made up from the status where the answer has no body (HEAD). */
  readonly code: string
  readonly message: string
  /** Region that the store says it is in. */
  readonly region?: string
  readonly retryAfterMs?: number
  /** The store's clock, where the answer told it. */
  readonly dateMs?: number
}

/** Reads a refusal to its end, so that the connection can serve again. `key` is absent for calls on the bucket. */
export async function readRefusal(response: HttpResponse, key: string | undefined): Promise<S3Refusal> {
  const text = (await readBody(response.body, 256 * 1024)).toString('utf8')
  return refusalOf(response, text, key)
}

export function refusalOf(response: HttpResponse, text: string, key: string | undefined): S3Refusal {
  const { status, headers } = response
  const told = bodyOf(text)
  const code = told.code ?? codeOfStatus(status, key !== undefined)
  const region = told.region ?? single(headers['x-amz-bucket-region'])
  const retryAfter = Number(headers['retry-after'] ?? Number.NaN)
  const dateMs = Date.parse(headers.date ?? '')
  return {
    status,
    code,
    message: told.message || usualMessages[code] || `the store answered ${status}`,
    ...(region === undefined ? {} : { region }),
    ...(Number.isFinite(retryAfter) && retryAfter >= 0
      ? { retryAfterMs: Math.min(retryAfter, 60) * 1000 }
      : {}),
    ...(Number.isNaN(dateMs) ? {} : { dateMs }),
  }
}

/** `place` names bucket, key and endpoint: `s3://bucket/key at http://host`. */
export function s3Error(refusal: S3Refusal, place: string): ArgoError {
  const { status, code, message } = refusal
  const retryable = isTransientStoreFailure({ code, statusCode: status, message })
  return new ArgoError(`${message} (${code}, status ${status}, ${place})${advice[code] ?? ''}`, {
    code: retryable ? 'ERR_UNAVAILABLE' : codeOf(refusal),
    retryable,
    data: {
      s3Code: code,
      status,
      ...(refusal.retryAfterMs === undefined ? {} : { retryAfterMs: refusal.retryAfterMs }),
    },
  })
}

const advice: Readonly<Record<string, string>> = {
  NoSuchBucket: ': create the bucket or set createBucketIfNotPresent',
  InvalidAccessKeyId: ': check accessKeySecret',
  SignatureDoesNotMatch: ': check secretKeySecret',
  AuthorizationHeaderMalformed: ': check region',
  RequestTimeTooSkewed: ': the clock of this machine and that of the store differ',
}

const unauthorized = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'ExpiredToken', 'InvalidToken'])

function codeOf({ status, code }: S3Refusal): ErrorCode {
  if (code === 'NoSuchKey') return 'ERR_NOT_FOUND'
  if (unauthorized.has(code) || status === 401) return 'ERR_UNAUTHORIZED'
  if (status === 403) return 'ERR_FORBIDDEN'
  // parity: a missing bucket is no missing artifact, also for optional ones.
  return 'ERR_BAD_REQUEST'
}

/** For answers to HEAD, which have no text. */
const usualMessages: Readonly<Record<string, string>> = {
  NoSuchKey: 'The specified key does not exist.',
  NoSuchBucket: 'The specified bucket does not exist.',
  AccessDenied: 'Access Denied.',
}

/** parity: without a body that tells, 404 means the object, or the bucket where no object was asked for. */
function codeOfStatus(status: number, hasKey: boolean): string {
  if (status === 404) return hasKey ? 'NoSuchKey' : 'NoSuchBucket'
  const codes: Readonly<Record<number, string>> = {
    403: 'AccessDenied',
    412: 'PreconditionFailed',
    416: 'InvalidRange',
  }
  return codes[status] ?? `Status${status}`
}

function bodyOf(text: string): { code?: string; message?: string; region?: string } {
  if (!text.includes('<Error')) return {}
  try {
    const root = parseXml(text)
    const read = (name: string): string | undefined => textOf(root, name)?.trim()
    const [code, message, region] = [read('Code'), read('Message'), read('Region')]
    // Whoever answers chooses this text, and it ends in logs and messages.
    return {
      ...(code ? { code: code.slice(0, 100) } : {}),
      ...(message ? { message: message.replace(/\s+/g, ' ').slice(0, 500) } : {}),
      ...(region ? { region } : {}),
    }
  } catch {
    return {}
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
