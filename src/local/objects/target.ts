// What a request to the object store is about: bucket, key and query, out of a URL that anybody may have written.

import type { Target } from './authenticate.ts'
import { Problem } from './problem.ts'

export interface ObjectTarget extends Target {
  readonly bucket: string
  /** Empty for the bucket itself. */
  readonly key: string
  /** The first value of a query parameter. */
  param(name: string): string | undefined
}

/** Path style only: `/BUCKET/KEY`. */
export function parseTarget(url: string): ObjectTarget {
  const [path = '/', search = ''] = url.split(/\?(.*)/s)
  const query = search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      return [decode(name), decode(value)]
    })
  const match = /^\/([^/]*)(?:\/(.*))?$/s.exec(path)
  const key = decode(match?.[2] ?? '')
  if (Buffer.byteLength(key) > 1024) throw new Problem(400, 'KeyTooLongError', 'Your key is too long.')
  const param = (name: string): string | undefined => query.find(([known]) => known === name)?.[1]
  return { path, query, bucket: decode(match?.[1] ?? ''), key, param }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Problem(400, 'InvalidURI', "Couldn't parse the specified URI.")
  }
}
