// Signatures of requests, compared with those of the SDK's own signer.

import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  authorizationV4,
  encodeQuery,
  encodeRfc3986,
  sha256Hex,
  timestampV4,
} from '../../../src/util/sigv4.ts'

class Sha256 {
  readonly #hash
  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    const secret =
      typeof key === 'string' ? key : key === undefined ? undefined : Buffer.from(key as Uint8Array)
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret)
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 })

describe('authorizationV4', () => {
  test('equals the signer of the SDK for any path, query, header and body', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
          segments: fc.array(
            text.filter((segment) => !segment.includes('/')),
            { minLength: 1, maxLength: 4 },
          ),
          query: fc.dictionary(fc.stringMatching(/^[a-zA-Z-]{1,8}$/), text, { maxKeys: 4 }),
          value: fc.stringMatching(/^[ -~]{0,20}$/),
          body: text,
          secret: fc.stringMatching(/^[A-Za-z0-9/+]{10,40}$/),
          token: fc.option(fc.stringMatching(/^[A-Za-z0-9]{1,20}$/), { nil: undefined }),
          date: fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        }),
        async ({ method, segments, query, value, body, secret, token, date }) => {
          const path = `/${segments.map(encodeRfc3986).join('/')}`
          const payloadHash = sha256Hex(body)
          const timestamp = timestampV4(date)
          const headers: Record<string, string> = {
            host: 'store.example:9000',
            'x-amz-meta-value': value,
            'x-amz-content-sha256': payloadHash,
            'x-amz-date': timestamp,
            ...(token === undefined ? {} : { 'x-amz-security-token': token }),
          }
          const credentials = {
            accessKeyId: 'AKID',
            secretAccessKey: secret,
            ...(token === undefined ? {} : { sessionToken: token }),
          }
          const signer = new SignatureV4({
            credentials,
            region: 'eu-central-1',
            service: 's3',
            sha256: Sha256,
            uriEscapePath: false,
          })
          const signed = await signer.sign(
            { method, protocol: 'http:', hostname: 'store.example', port: 9000, path, query, headers, body },
            { signingDate: date, unsignableHeaders: new Set() },
          )
          const ours = authorizationV4(
            { method, path, query: Object.entries(query), headers, payloadHash },
            { accessKey: 'AKID', secretKey: secret },
            { timestamp, region: 'eu-central-1', service: 's3' },
          )
          expect(ours).toBe(signed.headers['authorization'])
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('encoding', () => {
  test('every byte but the unreserved ones', () => {
    expect(encodeRfc3986("a-_.~/ü !'()*+%")).toBe('a-_.~%2F%C3%BC%20%21%27%28%29%2A%2B%25')
    expect(encodeRfc3986('\ud800')).toBe('%EF%BF%BD')
  })

  test('queries are sorted after they are encoded', () => {
    expect(
      encodeQuery([
        ['b', '1'],
        ['a', '2'],
        ['a', '1'],
        ['A', ''],
        ['ü', 'x'],
      ]),
    ).toBe('%C3%BC=x&A=&a=1&a=2&b=1')
  })

  test('time', () => {
    expect(timestampV4(new Date('2026-02-03T04:05:06.789Z'))).toBe('20260203T040506Z')
  })
})
