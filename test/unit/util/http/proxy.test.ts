// Which hosts go by proxy.

import { describe, expect, test } from 'vitest'
import { proxyFor } from '../../../../src/util/http/proxy.ts'

const env = (noProxy: string): Readonly<Record<string, string>> => ({
  HTTP_PROXY: 'http://p:1',
  HTTPS_PROXY: 'http://s:2',
  NO_PROXY: noProxy,
})

describe('proxyFor', () => {
  test.each([
    ['http://a.example/x', 'http://p:1'],
    ['https://a.example/x', 'http://s:2'],
    ['http://localhost:9000', undefined],
    ['http://127.3.2.1', undefined],
    ['http://[::1]:80', undefined],
  ])('%s', (url, expected) => {
    expect(proxyFor(new URL(url), env(''))).toBe(expected)
  })

  test.each([
    ['*', 'http://any.example', true],
    ['example.com', 'http://example.com', true],
    ['example.com', 'http://a.example.com', true],
    ['example.com', 'http://badexample.com', false],
    ['.example.com', 'http://a.example.com', true],
    ['.example.com', 'http://example.com', false],
    ['*.example.com', 'http://a.example.com', true],
    ['EXAMPLE.com', 'http://Example.COM.', true],
    ['example.com:8080', 'http://example.com:8080', true],
    ['example.com:8080', 'http://example.com', false],
    ['example.com:80', 'http://example.com', true],
    ['10.0.0.0/8', 'https://10.96.0.1', true],
    ['10.0.0.0/8', 'https://11.96.0.1', false],
    ['10.0.0.0/99', 'https://10.96.0.1', false],
    ['10.96.0.1', 'https://10.96.0.1:6443', true],
    ['fd00::/8', 'https://[fd12::1]:6443', true],
    ['[fd12::1]:6443', 'https://[fd12::1]:6443', true],
    [' a.example , ,b.example', 'http://b.example', true],
    ['svc', 'http://minio.argo.svc:9000', true],
  ])('NO_PROXY=%s, %s: direct %s', (rule, url, direct) => {
    expect(proxyFor(new URL(url), env(rule)) === undefined).toBe(direct)
  })

  test('lower-case names, and a proxy without scheme', () => {
    expect(proxyFor(new URL('http://a.example'), { http_proxy: 'p:1' })).toBe('http://p:1')
    expect(
      proxyFor(new URL('http://a.example'), { http_proxy: 'p:1', no_proxy: 'a.example' }),
    ).toBeUndefined()
    expect(proxyFor(new URL('https://a.example'), { http_proxy: 'p:1' })).toBeUndefined()
  })
})
