// A self-signed certificate for 127.0.0.1, made anew for each run: kubectl sends no token over plain HTTP.
// Written as DER by hand (X.690, RFC 5280), since the runtime signs but does not issue certificates.

import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export interface Certificate {
  readonly certPem: string
  readonly keyPem: string
}

/** Valid for `localhost`, 127.0.0.1 and ::1, from an hour ago for `days`. It is its own authority. */
export function selfSignedCertificate(days: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const name = sequence(set(sequence(oid('550403'), utf8('argo on this machine'))))
  const now = Date.now()
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serial()),
    ecdsaWithSha256(),
    name,
    sequence(time(now - 3_600_000), time(now + days * 86_400_000)),
    name,
    publicKey,
    tagged(3, sequence(basicConstraints(), subjectNames())),
  )
  const signature = sign('sha256', body, createPrivateKey(privateKey))
  const der = sequence(body, ecdsaWithSha256(), element(0x03, Buffer.concat([Buffer.of(0), signature])))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return {
    certPem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey,
  }
}

function ecdsaWithSha256(): Buffer {
  return sequence(oid('2a8648ce3d040302'))
}

function basicConstraints(): Buffer {
  const authority = element(0x01, Buffer.of(0xff))
  return sequence(oid('551d13'), authority, octets(sequence(authority)))
}

function subjectNames(): Buffer {
  const dns = element(0x82, Buffer.from('localhost'))
  const v4 = element(0x87, Buffer.of(127, 0, 0, 1))
  const v6 = element(0x87, Buffer.concat([Buffer.alloc(15), Buffer.of(1)]))
  return sequence(oid('551d11'), octets(sequence(dns, v4, v6)))
}

/** Positive and without a leading zero octet. */
function serial(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}

/** UTCTime holds two digits of the year, which RFC 5280 allows until 2049. */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
  return Number(text.slice(0, 4)) < 2050
    ? element(0x17, Buffer.from(text.slice(2)))
    : element(0x18, Buffer.from(text))
}

function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag), lengthOf(content), content])
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.of(length)
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff)
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts))
}

function set(content: Buffer): Buffer {
  return element(0x31, content)
}

function tagged(tag: number, content: Buffer): Buffer {
  return element(0xa0 + tag, content)
}

function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes)
}

function oid(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'))
}

function octets(content: Buffer): Buffer {
  return element(0x04, content)
}

function utf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text))
}
