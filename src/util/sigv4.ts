// AWS Signature Version 4 for one request with its headers: the store client signs with it, the embedded object store
// verifies with it. Own code because every init container pays for what it loads; a test compares it with the SDK's.

import { createHash, createHmac } from 'node:crypto'

export interface SigningCredentials {
  readonly accessKey: string
  readonly secretKey: string
  readonly sessionToken?: string
}

export interface SignedParts {
  readonly method: string
  /** Path as on the wire, already encoded once (S3 does not encode it again). */
  readonly path: string
  /** Query as decoded pairs, in any order. */
  readonly query: readonly (readonly [string, string])[]
  /** Exactly the headers to sign, names in lower case; must hold `host`. */
  readonly headers: Readonly<Record<string, string>>
  /** Hex SHA-256 of the body, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string
}

export interface SigningScope {
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string
  readonly region: string
  readonly service: string
}

export const unsignedPayload = 'UNSIGNED-PAYLOAD'
export const emptyPayloadHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** The hex signature over `parts`. */
export function signatureV4(parts: SignedParts, secretKey: string, scope: SigningScope): string {
  const toSign = [
    'AWS4-HMAC-SHA256',
    scope.timestamp,
    scopeText(scope),
    sha256Hex(canonicalRequest(parts)),
  ].join('\n')
  return hmac(signingKey(secretKey, scope), toSign).toString('hex')
}

/** Value of the Authorization header. */
export function authorizationV4(
  parts: SignedParts,
  credentials: SigningCredentials,
  scope: SigningScope,
): string {
  const credential = `${credentials.accessKey}/${scopeText(scope)}`
  const signature = signatureV4(parts, credentials.secretKey, scope)
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedNames(parts).join(';')}, Signature=${signature}`
}

/** `YYYYMMDDTHHMMSSZ` of a moment, in UTC. */
export function timestampV4(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d+/g, '')
}

/** RFC 3986: everything but unreserved characters as %XX in capitals, of the UTF-8 bytes. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

export function encodeQuery(query: readonly (readonly [string, string])[]): string {
  return query
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function canonicalRequest(parts: SignedParts): string {
  const names = signedNames(parts)
  const headers = names
    .map((name) => `${name}:${(parts.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`)
    .join('')
  return [
    parts.method,
    parts.path,
    encodeQuery(parts.query),
    headers,
    names.join(';'),
    parts.payloadHash,
  ].join('\n')
}

function signedNames(parts: SignedParts): string[] {
  return Object.keys(parts.headers).toSorted(compare)
}

function scopeText({ timestamp, region, service }: SigningScope): string {
  return `${timestamp.slice(0, 8)}/${region}/${service}/aws4_request`
}

function signingKey(secretKey: string, { timestamp, region, service }: SigningScope): Buffer {
  return [timestamp.slice(0, 8), region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secretKey}`),
  )
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
