// Label and field selectors, and quantities.

import { describe, expect, test } from 'vitest'
import { parseQuantityNano } from '../../../src/kube/quantity.ts'
import { parseFieldSelector, parseLabelSelector } from '../../../src/kube/selectors.ts'

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front', 'example.com/n': '7', empty: '' }

  test.each([
    ['', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['app=web', true],
    ['app==web', true],
    ['app = web , tier=front', true],
    ['app=web,tier=back', false],
    ['app!=web', false],
    ['missing!=web', true],
    ['app in (web, api)', true],
    ['app in (api)', false],
    ['missing in (a)', false],
    ['app notin (web)', false],
    ['missing notin (web)', true],
    ['empty=', true],
    ['empty in ()', true],
    ['app=', false],
    ['example.com/n>6', true],
    ['example.com/n<7', false],
    ['app>1', false],
    ['toString', false],
  ])('%j is %s', (selector, expected) => {
    expect(parseLabelSelector(selector)(labels)).toBe(expected)
  })

  test('objects without labels', () => {
    expect(parseLabelSelector('!a')(undefined)).toBe(true)
    expect(parseLabelSelector('a')(undefined)).toBe(false)
  })

  test.each([
    'a===b',
    'a=b,',
    ',',
    '=b',
    'a in b',
    'a in (b',
    'a b',
    'a=b=c',
    '-a',
    'a=b c',
    'a/b/c',
    'a>x',
    '!',
  ])('refuses %j', (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow(expect.objectContaining({ code: 'ERR_BAD_REQUEST' }))
  })
})

describe('field selectors', () => {
  test('terms', () => {
    expect(parseFieldSelector('metadata.name=a,metadata.namespace!=b,x==c')).toEqual([
      { field: 'metadata.name', value: 'a', equal: true },
      { field: 'metadata.namespace', value: 'b', equal: false },
      { field: 'x', value: 'c', equal: true },
    ])
    expect(parseFieldSelector('')).toEqual([])
    expect(parseFieldSelector('a=x\\,y\\=z')).toEqual([{ field: 'a', value: 'x,y=z', equal: true }])
  })

  test.each(['a', '=b', 'a,b=c'])('refuses %j', (selector) => {
    expect(() => parseFieldSelector(selector)).toThrow(expect.objectContaining({ code: 'ERR_BAD_REQUEST' }))
  })
})

describe('quantities', () => {
  test.each<[string, bigint | undefined]>([
    ['0', 0n],
    ['1', 10n ** 9n],
    ['100m', 10n ** 8n],
    ['1.5', 15n * 10n ** 8n],
    ['.5', 5n * 10n ** 8n],
    ['1Ki', 1024n * 10n ** 9n],
    ['1.5Gi', 1610612736n * 10n ** 9n],
    ['1k', 10n ** 12n],
    ['1e3', 10n ** 12n],
    ['1E', 10n ** 27n],
    ['2E2', 2n * 10n ** 11n],
    ['-1', -(10n ** 9n)],
    ['1n', 1n],
    ['0.1n', 1n],
    ['', undefined],
    ['m', undefined],
    ['1 Gi', undefined],
    ['1KB', undefined],
    ['NaN', undefined],
  ])('%j is %s nano', (text, nano) => {
    expect(parseQuantityNano(text)).toBe(nano)
  })
})
