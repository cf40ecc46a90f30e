// Server-side encryption as headers: with the store's key, with a key of a key service, or with a key derived from a
// secret of the user (spec executor 6.1).

import { argon2Sync, createHash } from 'node:crypto'
import { ArgoError } from '../../src/errors/argo-error.ts'
import type { S3Bucket } from '../../src/spec/types.ts'
import { escapeXml } from '../../src/util/xml.ts'

export interface Encryption {
  /** For PUT of an object and for the start of an upload in parts. */
  forWrite(key: string): Readonly<Record<string, string>>
  /** For each part and the end of an upload. */
  forPart(key: string): Readonly<Record<string, string>>
  /** For GET and HEAD. */
  forRead(key: string): Readonly<Record<string, string>>
  /** Body that makes the choice the default of a new bucket. */
  bucketRule(): string
  readonly enabled: boolean
}

const none = {
  forWrite: () => ({}),
  forPart: () => ({}),
  forRead: () => ({}),
  bucketRule: () => rule(''),
  enabled: false,
}

/**
 * `customerSecret` is the text of serverSideCustomerKeySecret. Throws ERR_BAD_REQUEST for options that exclude each
 * other or need TLS.
 */
export function encryptionOf(place: S3Bucket, customerSecret: string | undefined): Encryption {
  const { enableEncryption = false, kmsKeyId = '', kmsEncryptionContext = '' } = place.encryptionOptions ?? {}
  // parity: keys without enableEncryption encrypt nothing.
  if (!enableEncryption) return none
  if (customerSecret !== undefined && kmsKeyId !== '')
    throw bad('serverSideCustomerKeySecret and kmsKeyId exclude each other')
  if (customerSecret !== undefined) return withCustomerKey(place, customerSecret)
  if (kmsKeyId !== '') return withKeyService(kmsKeyId, contextOf(kmsEncryptionContext))
  const headers = { [`${prefix}`]: 'AES256' }
  return {
    ...none,
    forWrite: () => headers,
    bucketRule: () => rule('<SSEAlgorithm>AES256</SSEAlgorithm>'),
    enabled: true,
  }
}

const prefix = 'x-amz-server-side-encryption'

function withCustomerKey(place: S3Bucket, secret: string): Encryption {
  if (place.insecure === true)
    throw bad('serverSideCustomerKeySecret needs TLS: the key travels with each request; unset insecure')
  let last: { readonly key: string; readonly headers: Readonly<Record<string, string>> } | undefined
  const headersOf = (key: string): Readonly<Record<string, string>> => {
    // Deriving takes 64 MiB and some 50 ms, and the parts of an object follow each other.
    if (last?.key !== key)
      last = { key, headers: customerHeaders(deriveKey(secret, `${place.bucket ?? ''}${key}`)) }
    return last.headers
  }
  return { ...none, forWrite: headersOf, forPart: headersOf, forRead: headersOf, enabled: true }
}

/** The derivation that objects written by Argo were encrypted with. */
function deriveKey(secret: string, salt: string): Buffer {
  if (Buffer.byteLength(salt) < 8)
    throw bad('serverSideCustomerKeySecret needs bucket and key of 8 bytes together at least')
  return argon2Sync('argon2id', {
    message: secret,
    nonce: salt,
    parallelism: 4,
    tagLength: 32,
    memory: 64 * 1024,
    passes: 1,
  })
}

function customerHeaders(key: Buffer): Record<string, string> {
  return {
    [`${prefix}-customer-algorithm`]: 'AES256',
    [`${prefix}-customer-key`]: key.toString('base64'),
    [`${prefix}-customer-key-md5`]: createHash('md5').update(key).digest('base64'),
  }
}

function withKeyService(keyId: string, context: string | undefined): Encryption {
  const headers = {
    [prefix]: 'aws:kms',
    [`${prefix}-aws-kms-key-id`]: keyId,
    ...(context === undefined ? {} : { [`${prefix}-context`]: Buffer.from(context).toString('base64') }),
  }
  const text = `<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${escapeXml(keyId)}</KMSMasterKeyID>`
  return { ...none, forWrite: () => headers, bucketRule: () => rule(text), enabled: true }
}

function contextOf(text: string): string | undefined {
  if (text === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const isTextMap =
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => typeof one === 'string')
  if (!isTextMap) throw bad('kmsEncryptionContext must be a JSON object with texts as values')
  return JSON.stringify(value)
}

function rule(inside: string): string {
  const apply = `<ApplyServerSideEncryptionByDefault>${inside}</ApplyServerSideEncryptionByDefault>`
  return `<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>${apply}</Rule></ServerSideEncryptionConfiguration>`
}

function bad(message: string): ArgoError {
  return new ArgoError(`encryptionOptions: ${message}`, { code: 'ERR_BAD_REQUEST' })
}
