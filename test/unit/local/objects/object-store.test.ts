// The embedded object store as its neighbours on the machine see it, and what it refuses.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startObjectStore } from '../../../../src/local/objects/start-object-store.ts'
import { createHttp } from '../../../../src/util/http.ts'
import { authorizationV4, encodeQuery, sha256Hex, timestampV4 } from '../../../../src/util/sigv4.ts'
import { startEmbeddedStore, type S3Store } from '../../../rig/stores.ts'

let store: S3Store & { readonly dir: string }
const http = createHttp({ env: {} })
const signal = AbortSignal.timeout(20_000)

beforeAll(async () => {
  store = await startEmbeddedStore('bucket')
})
afterAll(async () => {
  http.close()
  await store[Symbol.asyncDispose]()
})

interface Ask {
  readonly method?: string
  readonly path?: string
  readonly query?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly accessKey?: string
  readonly secretKey?: string
  readonly date?: Date
  /** Header changes after the request was signed. */
  readonly forged?: Readonly<Record<string, string>>
}

async function ask(wish: Ask): Promise<string> {
  const { method = 'GET', path = '/bucket/key', query = [], body, date = new Date() } = wish
  const payloadHash = sha256Hex(body ?? '')
  const timestamp = timestampV4(date)
  const headers = {
    host: store.endpoint,
    'x-amz-date': timestamp,
    'x-amz-content-sha256': payloadHash,
    ...wish.headers,
  }
  const authorization = authorizationV4(
    { method, path, query, headers, payloadHash },
    { accessKey: wish.accessKey ?? store.accessKey, secretKey: wish.secretKey ?? store.secretKey },
    { timestamp, region: 'anywhere', service: 's3' },
  )
  const response = await http.request({
    method,
    url: `http://${store.endpoint}`,
    path: query.length === 0 ? path : `${path}?${encodeQuery(query)}`,
    headers: { ...headers, authorization, ...wish.forged },
    signal,
    ...(body === undefined ? {} : { body }),
  })
  const answer = await text(response.body)
  return `${response.status} ${/<Code>(\w+)/.exec(answer)?.[1] ?? answer}`.trimEnd()
}

describe('who may use it', () => {
  test.each<[string, Ask, string]>([
    ['another access key', { accessKey: 'somebody' }, '403 InvalidAccessKeyId'],
    ['another secret key', { secretKey: 'guess' }, '403 SignatureDoesNotMatch'],
    ['an old request', { date: new Date(Date.now() - 20 * 60_000) }, '403 RequestTimeTooSkewed'],
    ['a request from the future', { date: new Date(Date.now() + 20 * 60_000) }, '403 RequestTimeTooSkewed'],
    [
      'a time that was changed',
      { forged: { 'x-amz-date': timestampV4(new Date(Date.now() - 60_000)) } },
      '403 SignatureDoesNotMatch',
    ],
    [
      'a signed header that was changed',
      { headers: { range: 'bytes=0-1' }, forged: { range: 'bytes=0-9' } },
      '403 SignatureDoesNotMatch',
    ],
    [
      'another body than the signed one',
      { method: 'PUT', body: 'a', forged: { 'x-amz-content-sha256': sha256Hex('b') } },
      '403 SignatureDoesNotMatch',
    ],
    [
      'an older kind of signature',
      { forged: { authorization: 'AWS key:signature' } },
      '400 AuthorizationHeaderMalformed',
    ],
    [
      'bodies in signed chunks',
      { method: 'PUT', forged: { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' } },
      '501 NotImplemented',
    ],
  ])('not with %s', async (_name, wish, expected) => {
    expect(await ask(wish)).toBe(expected)
  })

  test('not without a signature, whatever is asked', async () => {
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/bucket?list-type=2'],
      ['PUT', '/bucket/key'],
      ['GET', '/bucket/key?X-Amz-Signature=x'],
      ['OPTIONS', '/'],
    ] as const) {
      const response = await http.request({ method, url: `http://${store.endpoint}`, path, signal })
      expect(response.status).toBe(401)
      expect(await text(response.body)).not.toMatch(/bucket|key/)
    }
  })

  test('keys differ from run to run, and files are for their owner only', async () => {
    const other = await startObjectStore({ dir: join(store.dir, 'other'), bucket: 'bucket' })
    await other.close()
    expect(other.accessKey).not.toBe(store.accessKey)
    expect(other.secretKey).toMatch(/^[0-9a-f]{40}$/)
    expect(await ask({ method: 'PUT', path: '/bucket/private', body: 'x' })).toBe('200')
    expect(statSync(join(store.dir, 'buckets')).mode & 0o077).toBe(0)
    expect(statSync(join(store.dir, 'buckets/bucket/private')).mode & 0o077).toBe(0)
  })
})

describe('calls', () => {
  test('an object is a plain file', async () => {
    expect(await ask({ method: 'PUT', path: '/bucket/a%2Fb', body: 'text' })).toBe('200')
    expect(readFileSync(join(store.dir, 'buckets/bucket/a%2Fb'), 'utf8')).toBe('text')
    expect(await ask({ path: '/bucket/a/b' })).toBe('200 text')
    expect(await ask({ method: 'DELETE', path: '/bucket/a/b' })).toBe('204')
    expect(await ask({ path: '/bucket/a/b' })).toBe('404 NoSuchKey')
  })

  test.each<[string, Ask, string]>([
    [
      'bytes that are not those of their checksum',
      { method: 'PUT', body: 'x', headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } },
      '400 BadDigest',
    ],
    [
      'bytes that are not those of their MD5',
      {
        method: 'PUT',
        body: 'x',
        headers: { 'content-md5': createHash('md5').update('y').digest('base64') },
      },
      '400 BadDigest',
    ],
    ['a bucket that is not there', { path: '/nothing/key' }, '404 NoSuchBucket'],
    ['a bucket name that leads out', { path: '/..%2F..%2Fetc/passwd' }, '400 InvalidBucketName'],
    ['a bucket that is there', { method: 'PUT', path: '/bucket' }, '409 BucketAlreadyOwnedByYou'],
    [
      'copies',
      { method: 'PUT', body: '', headers: { 'x-amz-copy-source': '/bucket/key' } },
      '501 NotImplemented',
    ],
    [
      'encryption',
      { method: 'PUT', body: '', headers: { 'x-amz-server-side-encryption': 'AES256' } },
      '501 NotImplemented',
    ],
    ['lists of version 1', { path: '/bucket' }, '501 NotImplemented'],
    ['access lists', { path: '/bucket/key', query: [['acl', '']] }, '501 NotImplemented'],
    ['versions', { path: '/bucket/key', query: [['versionId', '1']] }, '501 NotImplemented'],
    ['all buckets', { path: '/' }, '501 NotImplemented'],
    [
      'an upload that is not there',
      {
        method: 'PUT',
        body: 'x',
        query: [
          ['partNumber', '1'],
          ['uploadId', '../../etc'],
        ],
      },
      '404 NoSuchUpload',
    ],
    [
      'part 0',
      {
        method: 'PUT',
        body: 'x',
        query: [
          ['partNumber', '0'],
          ['uploadId', 'x'],
        ],
      },
      '400 InvalidArgument',
    ],
    [
      'a broken list of objects to delete',
      { method: 'POST', path: '/bucket', query: [['delete', '']], body: '<Delete>' },
      '400 MalformedXML',
    ],
    ['a key that is too long', { path: `/bucket/${'k'.repeat(1025)}` }, '400 KeyTooLongError'],
    ['a path that is not encoded right', { path: '/bucket/%zz' }, '400 InvalidURI'],
  ])('%s: refused', async (_name, wish, expected) => {
    expect(await ask(wish)).toBe(expected)
  })

  test('ranges and conditions', async () => {
    await ask({ method: 'PUT', path: '/bucket/r', body: '0123456789' })
    const read = (headers: Record<string, string>): Promise<string> => ask({ path: '/bucket/r', headers })
    expect(await read({ range: 'bytes=2-4' })).toBe('206 234')
    expect(await read({ range: 'bytes=8-' })).toBe('206 89')
    expect(await read({ range: 'bytes=-3' })).toBe('206 789')
    expect(await read({ range: 'bytes=10-' })).toBe('416 InvalidRange')
    expect(await read({ range: 'bytes=4-2' })).toBe('416 InvalidRange')
    expect(await read({ range: 'lines=1-2' })).toBe('200 0123456789')
    expect(await read({ 'if-match': '"other"' })).toBe('412 PreconditionFailed')
  })

  test('a link in the folder is not followed', async () => {
    symlinkSync('/etc/hostname', join(store.dir, 'buckets/bucket/link'))
    expect(await ask({ path: '/bucket/link' })).toBe('404 NoSuchKey')
    expect(
      await ask({
        path: '/bucket',
        query: [
          ['list-type', '2'],
          ['prefix', 'link'],
        ],
      }),
    ).toContain('<KeyCount>0</KeyCount>')
  })

  test('an upload that breaks off leaves nothing', async () => {
    const stop = new AbortController()
    const path = '/bucket/broken'
    const payloadHash = sha256Hex('never sent')
    const timestamp = timestampV4(new Date())
    const headers = { host: store.endpoint, 'x-amz-date': timestamp, 'x-amz-content-sha256': payloadHash }
    const authorization = authorizationV4({ method: 'PUT', path, query: [], headers, payloadHash }, store, {
      timestamp,
      region: 'r',
      service: 's3',
    })
    const { Readable } = await import('node:stream')
    const incomplete = join(store.dir, 'incomplete')
    const before = readdirSync(incomplete).length
    async function* body(): AsyncGenerator<string> {
      yield 'beginning'
      while (readdirSync(incomplete).length === before) await new Promise((resolve) => setImmediate(resolve))
      stop.abort(new Error('gone'))
    }
    const sending = http.request({
      method: 'PUT',
      url: `http://${store.endpoint}`,
      path,
      headers: { ...headers, authorization, 'content-length': '100' },
      body: Readable.from(body()),
      signal: stop.signal,
    })
    await expect(sending).rejects.toThrow('gone')
    while (readdirSync(incomplete).length > before) await new Promise((resolve) => setImmediate(resolve))
    expect(existsSync(join(store.dir, 'buckets/bucket/broken'))).toBe(false)
  })
})
