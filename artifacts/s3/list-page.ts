// One page of a listing out of the store's answer. Keys are whatever somebody once uploaded.

import { ArgoError } from '../../src/errors/argo-error.ts'
import type { ListedObject, ListPage } from './client.ts'
import { childrenOf, textOf, type XmlElement } from '../../src/util/xml.ts'

/** `asked` is the token the page was asked with: a store that gives it again would never end. */
export function listPage(answer: XmlElement, asked: string | undefined): ListPage {
  if (answer.name !== 'ListBucketResult') throw broken(`is <${answer.name}>`)
  const encoded = textOf(answer, 'EncodingType') === 'url'
  const objects = childrenOf(answer, 'Contents').map((content) => objectOf(content, encoded))
  if (textOf(answer, 'IsTruncated') !== 'true') return { objects }
  const next = textOf(answer, 'NextContinuationToken')
  if (!next || next === asked) throw broken('says that more follows, but not where')
  return { objects, next }
}

function objectOf(content: XmlElement, encoded: boolean): ListedObject {
  const key = textOf(content, 'Key')
  const size = Number(textOf(content, 'Size') ?? Number.NaN)
  if (!key || !Number.isSafeInteger(size)) throw broken('has an object without key or size')
  const etag = textOf(content, 'ETag')?.replace(/^"|"$/g, '')
  const lastModified = textOf(content, 'LastModified')
  return {
    key: encoded ? decode(key) : key,
    sizeBytes: size,
    ...(etag ? { etag } : {}),
    ...(lastModified ? { lastModified } : {}),
  }
}

function decode(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    throw broken(`has the key ${JSON.stringify(key)}, which is not encoded as it says`)
  }
}

function broken(what: string): ArgoError {
  return new ArgoError(`the listing of the store ${what}`, { code: 'ERR_UNAVAILABLE', retryable: true })
}
