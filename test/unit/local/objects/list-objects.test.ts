// Pages of ListObjectsV2: with every page size the same objects and folders, in order, each once.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoredObject } from '../../../../src/local/objects/bucket-files.ts'
import { listObjects } from '../../../../src/local/objects/list-objects.ts'
import { childrenOf, parseXml, textOf } from '../../../../src/util/xml.ts'

const object = (key: string): StoredObject => ({
  key,
  path: '',
  sizeBytes: 1,
  etag: 'e',
  modified: new Date(0),
})

function pages(
  keys: readonly string[],
  prefix: string,
  delimiter: string,
  maxKeys: number,
): { readonly names: string[]; readonly sizes: number[] } {
  const names: string[] = []
  const sizes: number[] = []
  let token: string | undefined
  do {
    const objects = keys.filter((key) => key.startsWith(prefix)).map(object)
    const page = parseXml(
      listObjects(objects, { bucket: 'b', prefix, delimiter, maxKeys, token, startAfter: '', encode: true }),
    )
    const found = [
      ...childrenOf(page, 'Contents').map((one) => textOf(one, 'Key') ?? ''),
      ...childrenOf(page, 'CommonPrefixes').map((one) => textOf(one, 'Prefix') ?? ''),
    ].map(decodeURIComponent)
    names.push(...found.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    sizes.push(found.length)
    token = textOf(page, 'IsTruncated') === 'true' ? textOf(page, 'NextContinuationToken') : undefined
  } while (token !== undefined)
  return { names, sizes }
}

describe('listObjects', () => {
  test('paging changes nothing', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'ü', '-'), minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 15 }),
        fc.constantFrom('', 'a', 'a/'),
        fc.constantFrom('', '/'),
        fc.integer({ min: 1, max: 5 }),
        (keys, prefix, delimiter, maxKeys) => {
          const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
          const expected = new Set(
            sorted
              .filter((one) => one.startsWith(prefix))
              .map((one) => {
                const end = delimiter === '' ? -1 : one.indexOf(delimiter, prefix.length)
                return end === -1 ? one : one.slice(0, end + 1)
              }),
          )
          const { names, sizes } = pages(sorted, prefix, delimiter, maxKeys)
          expect(names).toEqual([...expected])
          expect(sizes.slice(0, -1).every((size) => size === maxKeys)).toBe(true)
        },
      ),
    )
  })
})
