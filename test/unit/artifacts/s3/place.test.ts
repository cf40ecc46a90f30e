// From the fields of an artifact to hosts, paths, sizes and headers.

import { describe, expect, test } from 'vitest'
import { encryptionOf } from '../../../../artifacts/s3/encryption.ts'
import { s3Endpoint } from '../../../../artifacts/s3/endpoint.ts'
import { directoryPrefix, joinKey, refuseConflicts } from '../../../../artifacts/s3/keys.ts'
import { partBytesAt, partBytesFor, uploadKnobs } from '../../../../artifacts/s3/upload-knobs.ts'
import type { S3Bucket } from '../../../../src/spec/types.ts'

const mebibyte = 1024 * 1024

describe('s3Endpoint', () => {
  test.each<[S3Bucket, string, string]>([
    [{ endpoint: 'minio:9000', bucket: 'b', insecure: true }, 'http://minio:9000', '/b/a%20b/c'],
    [{ endpoint: 'minio:9000', bucket: 'b' }, 'https://minio:9000', '/b/a%20b/c'],
    [
      { endpoint: 's3.amazonaws.com', bucket: 'my-bucket' },
      'https://my-bucket.s3.eu-west-1.amazonaws.com',
      '/a%20b/c',
    ],
    [
      { endpoint: 's3.eu-west-1.amazonaws.com', bucket: 'my.bucket' },
      'https://s3.eu-west-1.amazonaws.com',
      '/my.bucket/a%20b/c',
    ],
    [
      { endpoint: 's3.amazonaws.com', bucket: 'my-bucket', addressingStyle: 'path' },
      'https://s3.eu-west-1.amazonaws.com',
      '/my-bucket/a%20b/c',
    ],
    [
      { endpoint: 'minio:9000', bucket: 'b', addressingStyle: 'virtual-hosted' },
      'https://b.minio:9000',
      '/a%20b/c',
    ],
    [
      { endpoint: 'storage.googleapis.com', bucket: 'my-bucket' },
      'https://my-bucket.storage.googleapis.com',
      '/a%20b/c',
    ],
    [{ endpoint: 'notamazonaws.com', bucket: 'my-bucket' }, 'https://notamazonaws.com', '/my-bucket/a%20b/c'],
  ])('%j', (place, origin, path) => {
    const endpoint = s3Endpoint(place)
    expect([endpoint.originFor('eu-west-1'), endpoint.pathOf('a b/c')]).toEqual([origin, path])
  })

  test('the bucket itself', () => {
    expect(s3Endpoint({ endpoint: 'h', bucket: 'b' }).pathOf()).toBe('/b')
    expect(s3Endpoint({ endpoint: 'h', bucket: 'b', addressingStyle: 'virtual-hosted' }).pathOf()).toBe('/')
  })

  test.each([
    ['s3.eu-central-1.amazonaws.com', 'eu-central-1'],
    ['s3-us-west-2.amazonaws.com', 'us-west-2'],
    ['s3.dualstack.ap-south-1.amazonaws.com', 'ap-south-1'],
    ['s3.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['s3.amazonaws.com', undefined],
    ['minio:9000', undefined],
  ])('the region in %s is %s', (endpoint, region) => {
    expect(s3Endpoint({ endpoint, bucket: 'b' }).region).toBe(region)
  })

  test.each<[S3Bucket]>([
    [{}],
    [{ endpoint: 'h' }],
    [{ endpoint: 'http://h', bucket: 'b' }],
    [{ endpoint: 'h/path', bucket: 'b' }],
    [{ endpoint: 'a b', bucket: 'b' }],
    [{ endpoint: 'h', bucket: 'b', addressingStyle: 'dns' }],
  ])('refuses %j', (place) => {
    expect(() => s3Endpoint(place)).toThrow(expect.objectContaining({ code: 'ERR_BAD_REQUEST' }))
  })
})

describe('keys', () => {
  test.each([
    ['a/b', 'a/b/'],
    ['a/b/', 'a/b/'],
    ['a//b/./c/..', 'a/b/'],
    ['', ''],
    ['.', ''],
    ['/', ''],
  ])('the directory %j has the prefix %j', (key, prefix) => {
    expect(directoryPrefix(key)).toBe(prefix)
  })

  test.each([
    ['a/b', 'c/d', 'a/b/c/d'],
    ['a/b/', 'c/', 'a/b/c/'],
    ['a/b', '', 'a/b/'],
  ])('%j and %j', (key, name, joined) => {
    expect(joinKey(key, name)).toBe(joined)
  })

  test('conflicts', () => {
    refuseConflicts(['a', 'ab', 'b/c', 'b/', 'b/cd/e'])
    for (const names of [
      ['a', 'a/b'],
      ['b/c/d', 'b/c'],
      ['a', 'a/'],
    ]) {
      expect(() => refuseConflicts(names)).toThrow(expect.objectContaining({ code: 'ERR_UNSAFE_PATH' }))
    }
  })
})

describe('uploadKnobs', () => {
  test.each([
    [{}, 4, 8],
    [{ ARTIFACT_S3_UPLOAD_THREADS: '9', ARTIFACT_S3_UPLOAD_PART_SIZE_MIB: '32' }, 9, 32],
    [{ ARTIFACT_S3_UPLOAD_THREADS: '0', ARTIFACT_S3_UPLOAD_PART_SIZE_MIB: '4' }, 4, 8],
    [{ ARTIFACT_S3_UPLOAD_THREADS: 'x', ARTIFACT_S3_UPLOAD_PART_SIZE_MIB: '5121' }, 4, 8],
    [{ ARTIFACT_S3_UPLOAD_PART_SIZE_MIB: '5120' }, 4, 64],
  ])('%j', (env, threads, mebibytes) => {
    expect(uploadKnobs(env)).toEqual({ threads, partBytes: mebibytes * mebibyte })
  })

  test('never more than 10 000 parts', () => {
    const knobs = uploadKnobs({})
    const largest = 5 * 1024 * 1024 * mebibyte
    expect(Math.ceil(largest / partBytesFor(largest, knobs))).toBeLessThanOrEqual(10_000)
    expect(partBytesFor(80_000 * mebibyte, knobs)).toBe(8 * mebibyte)
    let total = 0
    for (let index = 0; index < 10_000; index++) total += partBytesAt(index, knobs)
    expect(total).toBeGreaterThanOrEqual(largest)
  })
})

describe('encryptionOf', () => {
  test('nothing unless it is enabled', () => {
    const encryption = encryptionOf({ encryptionOptions: { kmsKeyId: 'k' } }, 'secret')
    expect([encryption.forWrite('k'), encryption.forRead('k')]).toEqual([{}, {}])
  })

  test('the key that Argo derives from a secret, on every request', () => {
    const encryption = encryptionOf(
      { bucket: 'my-bucket', encryptionOptions: { enableEncryption: true } },
      'my secret',
    )
    const headers = encryption.forWrite('dir/key.tgz')
    expect(headers).toMatchObject({
      'x-amz-server-side-encryption-customer-algorithm': 'AES256',
      'x-amz-server-side-encryption-customer-key': 'Qb61kVTUCwCDjJv9cMb0+Gpp1f8Ne5caJ68d0qByk0c=',
    })
    expect(encryption.forRead('dir/key.tgz')).toEqual(headers)
    expect(encryption.forPart('dir/key.tgz')).toEqual(headers)
    expect(encryption.forRead('other/key.tgz')).not.toEqual(headers)
  })

  test.each<[S3Bucket, string | undefined]>([
    [{ insecure: true, encryptionOptions: { enableEncryption: true } }, 'secret'],
    [{ encryptionOptions: { enableEncryption: true, kmsKeyId: 'k' } }, 'secret'],
    [
      { encryptionOptions: { enableEncryption: true, kmsKeyId: 'k', kmsEncryptionContext: '[1]' } },
      undefined,
    ],
    [{ encryptionOptions: { enableEncryption: true, kmsKeyId: 'k', kmsEncryptionContext: '{' } }, undefined],
  ])('refuses %j', (place, secret) => {
    expect(() => encryptionOf({ bucket: 'bucket', ...place }, secret)).toThrow(
      expect.objectContaining({ code: 'ERR_BAD_REQUEST' }),
    )
  })
})
