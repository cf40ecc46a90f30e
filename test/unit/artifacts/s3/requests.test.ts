// What goes over the wire to an S3 store, and what is made of answers that no store gives on demand.

import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answeringStore, refusal } from '../../../rig/s3-answers.ts'

const options = { signal: AbortSignal.timeout(20_000) }
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'argo-s3-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
const crc = (text: string): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return bytes.toString('base64')
}
const out = (): string => join(mkdtempSync(join(folder, 'case-')), 'out')

describe('requests', () => {
  test('are signed for path style, with trimmed keys and a checksum', async () => {
    await using store = await answeringStore(() => ({}), { region: 'eu-central-1' })
    await store.driver.saveStream(store.artifact, Readable.from(['text']), options)
    const { method, url, headers } = store.asked[0] ?? expect.fail('nothing was asked')
    expect([method, url]).toEqual(['PUT', '/bucket/key'])
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=access-value\/\d{8}\/eu-central-1\/s3\/aws4_request, SignedHeaders=[a-z0-9;-]*content-type;[a-z0-9;-]*host;[a-z0-9;-]*, Signature=[0-9a-f]{64}$/,
    )
    expect(headers).toMatchObject({
      'content-length': '4',
      'content-type': 'application/octet-stream',
      'x-amz-checksum-crc32': crc('text'),
    })
    expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update('text').digest('hex'))
  })

  test('carry the session token', async () => {
    await using store = await answeringStore(() => ({}), { sessionTokenSecret: { name: 's', key: 'token' } })
    await store.driver.delete(store.artifact, options)
    expect(store.asked[0]?.headers['x-amz-security-token']).toBe('token-value')
  })

  test('have the content type of the file', async () => {
    await using store = await answeringStore(() => ({}))
    writeFileSync(join(folder, 'page.html'), '<p>')
    await store.driver.save(store.artifact, join(folder, 'page.html'), options)
    expect(store.asked[0]?.headers['content-type']).toBe('text/html; charset=utf-8')
  })

  test('ask for encryption by a key service', async () => {
    const encryptionOptions = {
      enableEncryption: true,
      kmsKeyId: 'key-1',
      kmsEncryptionContext: '{"a": "b"}',
    }
    await using store = await answeringStore(() => ({}), { encryptionOptions })
    await store.driver.saveStream(store.artifact, Readable.from(['x']), options)
    expect(store.asked[0]?.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
      'x-amz-server-side-encryption-context': btoa('{"a":"b"}'),
    })
  })

  test('make the bucket, encrypted, before the first save only', async () => {
    await using store = await answeringStore(() => ({}), {
      region: 'eu-west-1',
      createBucketIfNotPresent: { objectLocking: true },
      encryptionOptions: { enableEncryption: true },
    })
    for (const _again of [1, 2]) await store.driver.saveStream(store.artifact, Readable.from(['x']), options)
    expect(store.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'PUT /bucket',
      'PUT /bucket?encryption=',
      'PUT /bucket/key',
      'PUT /bucket/key',
    ])
    expect(store.asked[0]?.headers['x-amz-bucket-object-lock-enabled']).toBe('true')
    expect(store.asked[0]?.body.toString()).toContain('<LocationConstraint>eu-west-1</LocationConstraint>')
    expect(store.asked[1]?.body.toString()).toContain('<SSEAlgorithm>AES256</SSEAlgorithm>')
    expect(store.asked[2]?.headers['x-amz-server-side-encryption']).toBe('AES256')
  })

  test('a bucket that is there already is fine, one that may not be made is not', async () => {
    for (const code of ['BucketAlreadyExists', 'BucketAlreadyOwnedByYou']) {
      await using store = await answeringStore(
        (_asked, number) => (number === 1 ? { status: 409, body: refusal(code, 'there') } : {}),
        { createBucketIfNotPresent: {} },
      )
      await store.driver.saveStream(store.artifact, Readable.from(['x']), options)
      expect(store.asked).toHaveLength(2)
    }
    await using store = await answeringStore(() => ({ status: 403, body: refusal('AccessDenied', 'no') }), {
      createBucketIfNotPresent: {},
    })
    await expect(
      store.driver.saveStream(store.artifact, Readable.from(['x']), options),
    ).rejects.toMatchObject({
      code: 'ERR_FORBIDDEN',
      message: expect.stringMatching(/^failed to create bucket bucket: no /),
    })
  })
})

describe('answers', () => {
  test('another region: the request is signed for it, and those after it too', async () => {
    await using store = await answeringStore(({ headers }) =>
      headers.authorization?.includes('/ap-south-1/')
        ? {}
        : {
            status: 400,
            body: refusal('AuthorizationHeaderMalformed', 'wrong', '<Region>ap-south-1</Region>'),
          },
    )
    for (const _again of [1, 2]) await store.driver.delete(store.artifact, options)
    expect(store.asked).toHaveLength(3)
  })

  test('a clock that differs: signed by the clock of the store', async () => {
    const date = new Date(Date.now() + 3_600_000)
    await using store = await answeringStore((_asked, number) =>
      number === 1
        ? {
            status: 403,
            headers: { date: date.toUTCString() },
            body: refusal('RequestTimeTooSkewed', 'late'),
          }
        : {},
    )
    await store.driver.delete(store.artifact, options)
    const signedAt = String(store.asked[1]?.headers['x-amz-date'])
    expect(signedAt.slice(0, 11)).toBe(date.toISOString().replace(/[-:]/g, '').slice(0, 11))
  })

  test('a token that has expired: the Secret is read again', async () => {
    await using store = await answeringStore(
      ({ headers }) =>
        headers['x-amz-security-token'] === 'token-value-2'
          ? {}
          : { status: 400, body: refusal('ExpiredToken', 'old') },
      { sessionTokenSecret: { name: 's', key: 'token' } },
      {},
      (key, reads) => (key === 'token' && reads > 1 ? 'token-value-2' : `${key}-value`),
    )
    await store.driver.delete(store.artifact, options)
    expect(store.asked).toHaveLength(2)
  })

  test('bytes that are not those of the checksum: read again, then torn data', async () => {
    await using store = await answeringStore((_asked, number) => ({
      headers: { etag: '"e"', 'x-amz-checksum-crc32': crc('right') },
      body: number === 1 ? 'wrong' : 'right',
    }))
    const path = out()
    await store.driver.load(store.artifact, path, options)
    expect(readFileSync(path, 'utf8')).toBe('right')

    await using bad = await answeringStore(() => ({
      headers: { etag: '"e"', 'x-amz-checksum-crc32': crc('right') },
      body: 'wrong',
    }))
    const other = out()
    await expect(bad.driver.load(bad.artifact, other, options)).rejects.toMatchObject({
      code: 'ERR_TORN_DATA',
      message: expect.stringContaining('crc32'),
    })
    expect(readdirSync(join(other, '..'))).toEqual([])
  })

  test('the MD5 in the ETag of a plain object counts', async () => {
    await using store = await answeringStore((_asked, number) => ({
      headers: { etag: `"${md5('right')}"` },
      body: number === 1 ? 'wrong' : 'right',
    }))
    const path = out()
    await store.driver.load(store.artifact, path, options)
    expect(readFileSync(path, 'utf8')).toBe('right')
    expect(store.asked).toHaveLength(2)
  })

  test('an ETag that only looks like an MD5: accepted when the same bytes come twice', async () => {
    await using store = await answeringStore(() => ({
      headers: { etag: `"${md5('something else')}"` },
      body: 'right',
    }))
    const path = out()
    await store.driver.load(store.artifact, path, options)
    expect(readFileSync(path, 'utf8')).toBe('right')
    expect(store.asked).toHaveLength(2)
  })

  test('an ETag of an encrypted object or of parts is no MD5', async () => {
    for (const headers of [
      { etag: `"${md5('x')}-2"` },
      { etag: `"${md5('x')}"`, 'x-amz-server-side-encryption': 'aws:kms' },
    ]) {
      await using store = await answeringStore(() => ({ headers, body: 'right' }))
      await store.driver.load(store.artifact, out(), options)
      expect(store.asked).toHaveLength(1)
    }
  })

  test('a failure that comes with status 200 at the end of an upload is one', async () => {
    await using store = await answeringStore(({ method, url }) => {
      if (method === 'POST' && url.endsWith('uploads=')) return { body: '<R><UploadId>u</UploadId></R>' }
      if (method === 'POST') return { body: refusal('InternalError', 'We encountered an internal error.') }
      return { headers: { etag: '"p"' } }
    })
    const bytes = Buffer.alloc(9 * 1024 * 1024)
    await expect(
      store.driver.saveStream(store.artifact, Readable.from([bytes]), options),
    ).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE', data: { s3Code: 'InternalError' } })
    expect(store.asked.at(-1)?.method).toBe('DELETE')
  })

  test('a list that never ends, or names nothing, is refused', async () => {
    const page = (inside: string): string => `<ListBucketResult>${inside}</ListBucketResult>`
    for (const inside of [
      '<IsTruncated>true</IsTruncated>',
      '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>',
      '<Contents><Size>1</Size></Contents>',
      '<Contents><Key>key/a</Key></Contents>',
      '<EncodingType>url</EncodingType><Contents><Key>key/%zz</Key><Size>1</Size></Contents>',
    ]) {
      await using store = await answeringStore(
        () => ({ body: page(inside) }),
        {},
        { EXECUTOR_RETRY_BACKOFF_STEPS: '1' },
      )
      await expect(store.driver.list(store.artifact, options)).rejects.toMatchObject({
        code: 'ERR_UNAVAILABLE',
      })
    }
  })

  test('objects outside of what was asked for are not taken', async () => {
    const contents = ['key/a', 'other/b', '../key/c']
      .map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`)
      .join('')
    await using store = await answeringStore(() => ({
      body: `<ListBucketResult>${contents}</ListBucketResult>`,
    }))
    expect((await store.driver.list(store.artifact, options)).map(({ key }) => key)).toEqual(['key/a'])
  })

  test('a store without ranges ends the stream instead of repeating its beginning', async () => {
    await using store = await answeringStore(() => ({ headers: { etag: '"e"' }, body: '0123456789' }))
    const stream = await store.driver.openStream(store.artifact, { ...options, offset: 4 })
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'ERR_TORN_DATA' })
  })

  test('a store without DeleteObjects: one by one', async () => {
    const contents = ['key/a', 'key/b']
      .map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`)
      .join('')
    await using store = await answeringStore(({ method }) => {
      if (method === 'GET') return { body: `<ListBucketResult>${contents}</ListBucketResult>` }
      return method === 'POST' ? { status: 501, body: refusal('NotImplemented', 'no') } : { status: 204 }
    })
    await store.driver.delete({ ...store.artifact, s3: { ...store.artifact.s3, key: 'key/' } }, options)
    expect(
      store.asked
        .filter(({ method }) => method === 'DELETE')
        .map(({ url }) => url)
        .toSorted(),
    ).toEqual(['/bucket/key/a', '/bucket/key/b'])
  })

  test('objects that could not be deleted are told', async () => {
    await using store = await answeringStore(({ method }) =>
      method === 'GET'
        ? { body: '<ListBucketResult><Contents><Key>key/a</Key><Size>1</Size></Contents></ListBucketResult>' }
        : { body: '<DeleteResult><Error><Key>key/a</Key><Message>locked</Message></Error></DeleteResult>' },
    )
    await expect(
      store.driver.delete({ ...store.artifact, s3: { ...store.artifact.s3, key: 'key/' } }, options),
    ).rejects.toThrow('failed to delete key/: 1 of 1 objects stay, the first is key/a: locked')
  })

  test('a server that is no S3 store is told from a missing object', async () => {
    await using store = await answeringStore(() => ({ status: 404, body: '<html>not here' }))
    await expect(store.driver.load(store.artifact, out(), options)).rejects.toMatchObject({
      code: 'ERR_BAD_REQUEST',
      data: { s3Code: 'NoSuchBucket' },
    })
  })

  test('an object of unknown length is refused', async () => {
    await using store = await answeringStore(() => ({
      headers: { 'transfer-encoding': 'chunked' },
      body: 'x',
    }))
    await expect(store.driver.openStream(store.artifact, options)).rejects.toThrow('does not say how long')
  })
})

describe('ARGO_TRACE', () => {
  test('tells each request, and nothing secret', async () => {
    await using store = await answeringStore(
      ({ method }) => (method === 'GET' ? { status: 403 } : {}),
      {},
      { ARGO_TRACE: '1' },
    )
    await store.driver.delete(store.artifact, options)
    await store.driver.openStream(store.artifact, options).catch(() => {})
    const lines = store.lines.filter((line) => line.includes('s3 request'))
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/method="DELETE" key="key" .*outcome="200"/)
    expect(lines.join('')).not.toMatch(/secret-value|Signature/)
  })
})
