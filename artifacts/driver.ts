// The store port: what every artifact store can do for init, wait, the command line and later the server. Stores are
// drivers behind it; which one an artifact gets is decided in registry.ts.

import type { Readable } from 'node:stream'
import type { Artifact } from '../src/spec/types.ts'
import type { Logger } from '../src/log/logger.ts'

export type DriverName = 's3' | 'http' | 'raw'

/** What a driver offers; a method behind a false flag rejects with ERR_NOT_IMPLEMENTED and says what to use instead. */
export interface Capabilities {
  readonly load: boolean
  readonly save: boolean
  readonly directories: boolean
  readonly ranges: boolean
  readonly list: boolean
  readonly delete: boolean
  readonly stat: boolean
  /** Algorithm that the store itself verifies on upload, if any. */
  readonly checksum: 'crc32' | 'sha256' | 'md5' | 'none'
}

export interface ObjectStat {
  readonly key: string
  readonly sizeBytes: number
  readonly etag?: string
  /** `algorithm:base64` as the store gives it. */
  readonly checksum?: string
  readonly lastModified?: string
}

export interface CallOptions {
  readonly signal: AbortSignal
}

export interface RangeOptions extends CallOptions {
  /** First byte, from 0. */
  readonly offset?: number
  /** Bytes wanted; to the end when absent. */
  readonly length?: number
}

export interface SaveStreamOptions extends CallOptions {
  /** Known length in bytes; lets a store send one request. */
  readonly sizeBytes?: number
  readonly contentType?: string
}

/**
 * One store, bound to credentials. All calls reject with ArgoError: ERR_NOT_FOUND when the object (or directory) is not
 * there, ERR_FORBIDDEN, ERR_UNAUTHORIZED, ERR_UNAVAILABLE (retryable), ERR_TORN_DATA when bytes are missing.
 * Retries happen inside, by the one classifier of stores; a rejected call is final.
 */
export interface ArtifactDriver {
  readonly name: DriverName
  readonly capabilities: Capabilities
  /** Loads a file, or a whole directory, to `path` (which must not exist); parents are made. */
  load(artifact: Artifact, path: string, options: CallOptions): Promise<void>
  /** Saves the file or directory at `path` under the artifact's key. */
  save(artifact: Artifact, path: string, options: CallOptions): Promise<void>
  openStream(artifact: Artifact, options: RangeOptions): Promise<Readable>
  saveStream(artifact: Artifact, source: Readable, options: SaveStreamOptions): Promise<void>
  /** Keys below the artifact's key, recursively; ERR_NOT_FOUND when there is neither an object nor a directory. */
  list(artifact: Artifact, options: CallOptions): Promise<readonly ObjectStat[]>
  isDirectory(artifact: Artifact, options: CallOptions): Promise<boolean>
  stat(artifact: Artifact, options: CallOptions): Promise<ObjectStat>
  /** A missing object is success; a key that ends with "/" deletes everything below. */
  delete(artifact: Artifact, options: CallOptions): Promise<void>
  close(): Promise<void>
}

/** What drivers need from their surroundings. */
export interface DriverContext {
  /** The text of a key of a Secret, mounted or from the API; ERR_NOT_FOUND names Secret and key, never the value. */
  readonly readSecret: (name: string, key: string) => Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: Logger
}
