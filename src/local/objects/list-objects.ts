// One page of ListObjectsV2.

import { encodeRfc3986 } from '../../util/sigv4.ts'
import { escapeXml } from '../../util/xml.ts'
import type { StoredObject } from './bucket-files.ts'
import { Problem } from './problem.ts'

export interface ListQuery {
  readonly bucket: string
  readonly prefix: string
  readonly delimiter: string
  readonly maxKeys: number
  readonly token: string | undefined
  readonly startAfter: string
  readonly encode: boolean
}

/** `objects` are those below the prefix, in order. */
export function listObjects(objects: readonly StoredObject[], query: ListQuery): string {
  const { bucket, prefix, delimiter, maxKeys, encode } = query
  const after = query.token === undefined ? query.startAfter : keyOfToken(query.token)
  const text = (value: string): string =>
    escapeXml(encode ? encodeRfc3986(value).replaceAll('%2F', '/') : value)
  const rows: string[] = []
  const folders = new Set<string>()
  let last = ''
  let truncated = false
  for (const object of objects) {
    const folder = folderOf(object.key, prefix, delimiter)
    const name = folder ?? object.key
    if (after !== '' && !isAfter(name, after)) continue
    if (folder !== undefined && folders.has(folder)) continue
    if (rows.length >= maxKeys) {
      truncated = maxKeys > 0
      break
    }
    last = name
    if (folder === undefined) rows.push(contents(object, text))
    else {
      folders.add(folder)
      rows.push(`<CommonPrefixes><Prefix>${text(folder)}</Prefix></CommonPrefixes>`)
    }
  }
  return [
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${escapeXml(bucket)}</Name><Prefix>${text(prefix)}</Prefix><KeyCount>${rows.length}</KeyCount><MaxKeys>${maxKeys}</MaxKeys>`,
    delimiter === '' ? '' : `<Delimiter>${text(delimiter)}</Delimiter>`,
    encode ? '<EncodingType>url</EncodingType>' : '',
    `<IsTruncated>${truncated}</IsTruncated>`,
    truncated
      ? `<NextContinuationToken>${Buffer.from(last).toString('base64url')}</NextContinuationToken>`
      : '',
    ...rows,
    '</ListBucketResult>',
  ].join('')
}

function contents({ key, sizeBytes, etag, modified }: StoredObject, text: (value: string) => string): string {
  const facts = `<LastModified>${modified.toISOString()}</LastModified><ETag>&#34;${etag}&#34;</ETag><Size>${sizeBytes}</Size>`
  return `<Contents><Key>${text(key)}</Key>${facts}<StorageClass>STANDARD</StorageClass></Contents>`
}

function folderOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined
  const end = key.indexOf(delimiter, prefix.length)
  return end === -1 ? undefined : key.slice(0, end + delimiter.length)
}

function isAfter(name: string, after: string): boolean {
  return Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0
}

function keyOfToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString('utf8')
  if (Buffer.from(key).toString('base64url') !== token)
    throw new Problem(400, 'InvalidArgument', 'The continuation token is not valid.')
  return key
}
