// The calls of the embedded object store, one by one. What is not here answers NotImplemented.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { closeSync, rmSync } from 'node:fs'
import { answerEmpty, answerXml } from './answer.ts'
import type { BucketFiles } from './bucket-files.ts'
import { listObjects } from './list-objects.ts'
import type { MultipartFiles } from './multipart-files.ts'
import { notImplemented, Problem } from './problem.ts'
import { deleteOrder, partList } from './read-order.ts'
import { receiveBody } from './receive-body.ts'
import { sendObject } from './send-object.ts'
import type { ObjectTarget } from './target.ts'

export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly target: ObjectTarget
  /** SHA-256 that the body must have, where it was signed. */
  readonly bodyHash: string | undefined
  readonly files: BucketFiles
  readonly uploads: MultipartFiles
}

type Handler = (call: Call) => Promise<void> | void

/** Throws a Problem for every refusal. */
export async function handle(call: Call): Promise<void> {
  const { request, target, files } = call
  const handler = find(call)
  if (handler === undefined)
    throw notImplemented(
      `${request.method} with ${target.query.map(([name]) => name).join(', ') || 'these headers'}`,
    )
  if (handler !== createBucket && !files.hasBucket(target.bucket)) {
    throw new Problem(404, 'NoSuchBucket', 'The specified bucket does not exist.')
  }
  await handler(call)
}

/** Query parameters that choose what a call does; others would be ignored silently, so they are refused. */
const known: Readonly<Record<string, Handler>> = {
  'PUT bucket': createBucket,
  'HEAD bucket': ({ response }) => answerEmpty(response, 200),
  'GET bucket location': ({ response }) =>
    answerXml(response, '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'),
  'GET bucket list-type': list,
  'POST bucket delete': deleteMany,
  'PUT object': putObject,
  'GET object': getObject,
  'HEAD object': getObject,
  'DELETE object': deleteObject,
  'POST object uploads': beginUpload,
  'PUT object partNumber uploadId': putPart,
  'POST object uploadId': completeUpload,
  'DELETE object uploadId': abortUpload,
}
const listOptions = new Set([
  'encoding-type',
  'prefix',
  'max-keys',
  'continuation-token',
  'delimiter',
  'start-after',
  'fetch-owner',
])

function find({ request, target }: Call): Handler | undefined {
  if (request.headers['x-amz-copy-source'] !== undefined) return undefined
  if (Object.keys(request.headers).some((name) => name.startsWith('x-amz-server-side-encryption')))
    return undefined
  const names = target.query.map(([name]) => name).filter((name) => name !== 'x-id')
  const choosing = target.key === '' ? names.filter((name) => !listOptions.has(name)) : names
  return known[[request.method, target.key === '' ? 'bucket' : 'object', ...choosing.toSorted()].join(' ')]
}

function createBucket({ target, response, files }: Call): void {
  if (!files.makeBucket(target.bucket)) {
    throw new Problem(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
    )
  }
  answerEmpty(response, 200, { location: `/${target.bucket}` })
}

function list({ target, response, files }: Call): void {
  if (target.param('list-type') !== '2') throw notImplemented('lists of version 1')
  const { bucket } = target
  const prefix = target.param('prefix') ?? ''
  const maxKeys = Number(target.param('max-keys') ?? 1000)
  if (!Number.isInteger(maxKeys) || maxKeys < 0)
    throw new Problem(400, 'InvalidArgument', 'Argument max-keys must be an integer from 0.')
  const xml = listObjects(files.list(bucket, prefix), {
    bucket,
    prefix,
    delimiter: target.param('delimiter') ?? '',
    maxKeys: Math.min(maxKeys, 1000),
    token: target.param('continuation-token'),
    startAfter: target.param('start-after') ?? '',
    encode: target.param('encoding-type') === 'url',
  })
  answerXml(response, xml)
}

async function putObject({ request, response, target, bodyHash, files }: Call): Promise<void> {
  const received = await receiveBody(request, files.temporary, bodyHash)
  const object = files.put(target.bucket, target.key, received.path)
  const crc32 = request.headers['x-amz-checksum-crc32']
  answerEmpty(response, 200, {
    etag: `"${object.etag}"`,
    ...(typeof crc32 === 'string' ? { 'x-amz-checksum-crc32': crc32 } : {}),
  })
}

async function getObject({ request, response, target, files }: Call): Promise<void> {
  const object = files.open(target.bucket, target.key)
  if (object === undefined) throw new Problem(404, 'NoSuchKey', 'The specified key does not exist.')
  try {
    await sendObject(request, response, object)
  } finally {
    closeSync(object.descriptor)
  }
}

function deleteObject({ response, target, files }: Call): void {
  files.remove(target.bucket, target.key)
  answerEmpty(response, 204)
}

async function deleteMany({ request, response, target, bodyHash, files }: Call): Promise<void> {
  for (const key of await deleteOrder(request, bodyHash)) files.remove(target.bucket, key)
  answerXml(response, '<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>')
}

function beginUpload({ response, target, uploads }: Call): void {
  const id = uploads.begin(target.bucket, target.key)
  answerXml(
    response,
    `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
  )
}

async function putPart({ request, response, target, bodyHash, files, uploads }: Call): Promise<void> {
  const number = Number(target.param('partNumber'))
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new Problem(
      400,
      'InvalidArgument',
      'Part number must be an integer between 1 and 10000, inclusive.',
    )
  }
  const part = await receiveBody(request, files.temporary, bodyHash)
  try {
    const etag = uploads.put(target.param('uploadId') ?? '', target.bucket, target.key, number, part)
    answerEmpty(response, 200, { etag: `"${etag}"` })
  } finally {
    rmSync(part.path, { force: true })
  }
}

async function completeUpload({ request, response, target, bodyHash, files, uploads }: Call): Promise<void> {
  const id = target.param('uploadId') ?? ''
  const { bucket, key } = target
  const whole = await uploads.join(id, bucket, key, await partList(request, bodyHash))
  const object = files.put(bucket, key, whole)
  uploads.drop(id, bucket, key)
  answerXml(
    response,
    `<CompleteMultipartUploadResult><ETag>&#34;${object.etag}&#34;</ETag></CompleteMultipartUploadResult>`,
  )
}

function abortUpload({ response, target, uploads }: Call): void {
  uploads.drop(target.param('uploadId') ?? '', target.bucket, target.key)
  answerEmpty(response, 204)
}
