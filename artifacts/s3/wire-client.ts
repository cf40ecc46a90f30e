// The bucket over HTTP: each call of the port as one signed request, its answer read and checked. For the S3 driver.

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { ArgoError } from '../../src/errors/argo-error.ts'
import type { HttpResponse } from '../../src/util/http.ts'
import { readBody } from '../../src/util/http/read-body.ts'
import { listPage } from './list-page.ts'
import type { S3Client } from './client.ts'
import type { Encryption } from './encryption.ts'
import { contentRange, factsOf } from './object-facts.ts'
import { refusalOf, s3Error } from './s3-error.ts'
import { drain, type SendS3 } from './signed-request.ts'
import { childrenOf, escapeXml, parseXml, textOf, type XmlElement } from '../../src/util/xml.ts'

export interface WireOptions {
  readonly send: SendS3
  readonly bucket: string
  readonly region?: string
  readonly encryption: Encryption
}

/** A page of 1000 keys of 1024 characters, each written as %XX, with all that stands around them. */
const longestAnswer = 16 * 1024 * 1024
/** Putting together thousands of parts takes a store its time. */
const completeStallMs = 10 * 60_000

export function createWireClient({ send, bucket, region, encryption }: WireOptions): S3Client {
  const readXml = async (response: HttpResponse): Promise<XmlElement> => parseXml(await readText(response))
  return {
    get: async (key, { signal, range, ifMatch }) => {
      const response = await send({
        method: 'GET',
        key,
        signal,
        headers: {
          ...encryption.forRead(key),
          'x-amz-checksum-mode': 'ENABLED',
          ...(range === undefined ? {} : { range: `bytes=${range.start}-${range.end ?? ''}` }),
          ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
        },
      })
      const part = contentRange(response.headers)
      const facts = factsOf(response.headers)
      if (!Number.isSafeInteger(part?.total ?? facts.sizeBytes)) {
        response.body.destroy()
        throw new ArgoError(`read ${key}: the store does not say how long the object is`, {
          code: 'ERR_UNAVAILABLE',
        })
      }
      return {
        ...facts,
        body: response.body,
        offset: part?.start ?? 0,
        sizeBytes: part?.total ?? facts.sizeBytes,
      }
    },

    head: async (key, signal) => {
      const headers = { ...encryption.forRead(key), 'x-amz-checksum-mode': 'ENABLED' }
      const response = await send({ method: 'HEAD', key, signal, headers })
      await drain(response.body)
      return factsOf(response.headers)
    },

    put: async (key, body, { signal, contentType }) => {
      const headers = {
        ...encryption.forWrite(key),
        'content-type': contentType,
        'x-amz-checksum-crc32': crc32Base64(body),
      }
      await drain((await send({ method: 'PUT', key, body, signal, headers })).body)
    },

    list: async ({ prefix, limit, next }, signal) => {
      const query: [string, string][] = [
        ['list-type', '2'],
        ['encoding-type', 'url'],
        ['prefix', prefix],
      ]
      if (limit !== undefined) query.push(['max-keys', String(limit)])
      if (next !== undefined) query.push(['continuation-token', next])
      return listPage(await readXml(await send({ method: 'GET', query, signal })), next)
    },

    remove: async (key, signal) => {
      await drain((await send({ method: 'DELETE', key, signal })).body)
    },

    removeMany: async (keys, signal) => {
      const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join('')
      const body = Buffer.from(`<Delete xmlns="${namespace}"><Quiet>true</Quiet>${objects}</Delete>`)
      const headers = { 'content-type': 'application/xml', 'content-md5': md5Base64(body) }
      const answer = await readXml(
        await send({ method: 'POST', query: [['delete', '']], body, headers, signal }),
      )
      return childrenOf(answer, 'Error').map((error) => ({
        key: textOf(error, 'Key') ?? '',
        reason: textOf(error, 'Message') || textOf(error, 'Code') || 'no reason given',
      }))
    },

    createUpload: async (key, { signal, contentType }) => {
      const headers = {
        ...encryption.forWrite(key),
        'content-type': contentType,
        'x-amz-checksum-algorithm': 'CRC32',
      }
      const answer = await readXml(
        await send({ method: 'POST', key, query: [['uploads', '']], headers, signal }),
      )
      const id = textOf(answer, 'UploadId')
      if (!id)
        throw new ArgoError(`the store began no upload of ${key}: its answer has no UploadId`, {
          code: 'ERR_UNAVAILABLE',
        })
      return id
    },

    uploadPart: async (key, uploadId, number, body, signal) => {
      const checksum = crc32Base64(body)
      const query: [string, string][] = [
        ['partNumber', String(number)],
        ['uploadId', uploadId],
      ]
      const headers = { ...encryption.forPart(key), 'x-amz-checksum-crc32': checksum }
      const response = await send({ method: 'PUT', key, query, body, signal, headers })
      await drain(response.body)
      return { number, etag: response.headers.etag ?? '', crc32: checksum }
    },

    completeUpload: async (key, uploadId, parts, signal) => {
      const list = parts
        .map(
          ({ number, etag, crc32: checksum }) =>
            `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag><ChecksumCRC32>${checksum}</ChecksumCRC32></Part>`,
        )
        .join('')
      const body = Buffer.from(
        `<CompleteMultipartUpload xmlns="${namespace}">${list}</CompleteMultipartUpload>`,
      )
      const response = await send({
        method: 'POST',
        key,
        query: [['uploadId', uploadId]],
        body,
        signal,
        headers: { 'content-type': 'application/xml', ...encryption.forPart(key) },
        stallMs: completeStallMs,
      })
      const text = await readText(response)
      // The status was sent before the work was done: a failure may come with 200.
      if (parseXml(text).name === 'Error')
        throw s3Error(refusalOf(response, text, key), `s3://${bucket}/${key}`)
    },

    abortUpload: async (key, uploadId, signal) => {
      await drain((await send({ method: 'DELETE', key, query: [['uploadId', uploadId]], signal })).body)
    },

    createBucket: async ({ objectLocking }, signal) => {
      const place =
        region && region !== 'us-east-1'
          ? `<LocationConstraint>${escapeXml(region)}</LocationConstraint>`
          : ''
      const body =
        place === ''
          ? undefined
          : Buffer.from(
              `<CreateBucketConfiguration xmlns="${namespace}">${place}</CreateBucketConfiguration>`,
            )
      const headers = objectLocking ? { 'x-amz-bucket-object-lock-enabled': 'true' } : {}
      try {
        await drain(
          (await send({ method: 'PUT', signal, headers, ...(body === undefined ? {} : { body }) })).body,
        )
        return true
      } catch (error) {
        if (error instanceof ArgoError && bucketIsThere.has(String(error.data['s3Code']))) return false
        throw error
      }
    },

    encryptBucket: async (signal) => {
      const body = Buffer.from(encryption.bucketRule())
      const headers = { 'content-type': 'application/xml', 'content-md5': md5Base64(body) }
      await drain((await send({ method: 'PUT', query: [['encryption', '']], body, headers, signal })).body)
    },
  }
}

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'
const bucketIsThere = new Set(['BucketAlreadyExists', 'BucketAlreadyOwnedByYou'])

async function readText(response: HttpResponse): Promise<string> {
  return (await readBody(response.body, longestAnswer)).toString('utf8')
}

function crc32Base64(body: Uint8Array): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(body))
  return bytes.toString('base64')
}

function md5Base64(body: Uint8Array): string {
  return createHash('md5').update(body).digest('base64')
}
