// Repositories that name no store get the laptop's; all others stay as they were written.

import { expect, test } from 'vitest'
import { completeRepository } from '../../../../roles/run/complete-repository.ts'

const store = { endpoint: '127.0.0.1:1', bucket: 'artifacts', insecure: true }

test.each([
  [undefined, { s3: store }],
  [{ archiveLogs: true }, { archiveLogs: true, s3: store }],
  [{ s3: { keyFormat: 'k', bucket: 'elsewhere', region: 'x' } }, { s3: { ...store, keyFormat: 'k' } }],
  [{ s3: { keyPrefix: 'p', endpoint: '' } }, { s3: { ...store, keyPrefix: 'p' } }],
])('%j names no store', (written, completed) => {
  expect(completeRepository(written, store)).toEqual(completed)
})

test.each([{ s3: { endpoint: 'minio:9000', bucket: 'b' } }, { gcs: { bucket: 'b' } }])(
  '%j names one',
  (written) => {
    expect(completeRepository(written, store)).toBe(written)
  },
)
