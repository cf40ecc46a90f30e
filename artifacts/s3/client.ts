// What the S3 driver asks of a bucket: one method per request on the wire, none of which retries. The driver's rules
// live above this line, signing and sockets below it.

import type { Readable } from 'node:stream'

export interface ObjectFacts {
  readonly sizeBytes: number
  /** Without quotes. */
  readonly etag?: string
  readonly lastModified?: string
  /** Base64 by lower-case algorithm, of the whole object only: composite checksums of parts are left out. */
  readonly checksums: Readonly<Record<string, string>>
  /** Whether the ETag can be the MD5 of the bytes: uploaded in one piece, not encrypted with a key of the user. */
  readonly plainEtag: boolean
}

export interface ObjectBody extends ObjectFacts {
  /** Bytes of the range that was asked for. */
  readonly body: Readable
  /** Position of the first byte; differs from the wish when the store ignored the range. */
  readonly offset: number
}

export interface ListedObject {
  readonly key: string
  readonly sizeBytes: number
  readonly etag?: string
  readonly lastModified?: string
}

export interface ListPage {
  readonly objects: readonly ListedObject[]
  /** Asks for the next page; absent on the last one. */
  readonly next?: string
}

export interface PartReceipt {
  readonly number: number
  readonly etag: string
  readonly crc32: string
}

export interface GetOptions {
  readonly signal: AbortSignal
  readonly range?: { readonly start: number; readonly end?: number }
  /** The answer must be of the object with this ETag. */
  readonly ifMatch?: string
}

export interface PutOptions {
  readonly signal: AbortSignal
  readonly contentType: string
}

/**
 * One bucket. Rejects with ArgoError: ERR_NOT_FOUND for NoSuchKey only, ERR_FORBIDDEN, ERR_UNAUTHORIZED,
 * ERR_UNAVAILABLE with `retryable` set where another try may help; `data.s3Code` is the code of the store.
 */
export interface S3Client {
  get(key: string, options: GetOptions): Promise<ObjectBody>
  head(key: string, signal: AbortSignal): Promise<ObjectFacts>
  put(key: string, body: Uint8Array, options: PutOptions): Promise<void>
  list(
    query: { readonly prefix: string; readonly limit?: number; readonly next?: string },
    signal: AbortSignal,
  ): Promise<ListPage>
  remove(key: string, signal: AbortSignal): Promise<void>
  /** At most 1000 keys. Returns the keys that could not be removed, with the store's reason. */
  removeMany(
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly { readonly key: string; readonly reason: string }[]>
  createUpload(key: string, options: PutOptions): Promise<string>
  uploadPart(
    key: string,
    uploadId: string,
    number: number,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<PartReceipt>
  completeUpload(
    key: string,
    uploadId: string,
    parts: readonly PartReceipt[],
    signal: AbortSignal,
  ): Promise<void>
  abortUpload(key: string, uploadId: string, signal: AbortSignal): Promise<void>
  /** True when it was made, false when it was there already. */
  createBucket(options: { readonly objectLocking: boolean }, signal: AbortSignal): Promise<boolean>
  encryptBucket(signal: AbortSignal): Promise<void>
}
