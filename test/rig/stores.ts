// S3 stores for the contract suite: the embedded one over a temporary folder, and a real one that the environment names.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDrivers, type DriverSource } from '../../artifacts/registry.ts'
import { createLogger, type Logger } from '../../src/log/logger.ts'
import { startObjectStore } from '../../src/local/objects/start-object-store.ts'
import type { Artifact, S3Artifact } from '../../src/spec/types.ts'

export interface S3Store extends AsyncDisposable {
  readonly endpoint: string
  readonly bucket: string
  readonly accessKey: string
  readonly secretKey: string
}

export async function startEmbeddedStore(bucket = 'artifacts'): Promise<S3Store & { readonly dir: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'argo-store-'))
  const store = await startObjectStore({ dir, bucket })
  return {
    ...store,
    dir,
    [Symbol.asyncDispose]: async () => {
      await store.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Of S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY; the bucket is made by the first save and stays empty afterwards. */
export async function realStore(): Promise<S3Store> {
  const { S3_ENDPOINT = '', S3_ACCESS_KEY = '', S3_SECRET_KEY = '' } = process.env
  return {
    endpoint: S3_ENDPOINT.replace(/^https?:\/\//, ''),
    bucket: 'contract',
    accessKey: S3_ACCESS_KEY,
    secretKey: S3_SECRET_KEY,
    [Symbol.asyncDispose]: async () => {},
  }
}

export interface StoreSession extends AsyncDisposable {
  readonly drivers: DriverSource
  /** An artifact below a prefix that nobody else has. */
  artifact(key: string, more?: Partial<S3Artifact>): Artifact
  readonly folder: string
  readonly lines: readonly string[]
  readonly signal: AbortSignal
}

export interface SessionOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Replaces the store's own, for a proxy before it. */
  readonly endpoint?: string
  readonly readSecret?: (name: string, key: string) => Promise<string>
}

/** Drivers, a folder for files, and keys of one's own. Waits between tries are short. */
export function openSession(store: S3Store, options: SessionOptions = {}): StoreSession {
  const folder = mkdtempSync(join(tmpdir(), 'argo-artifacts-'))
  const prefix = randomBytes(6).toString('hex')
  const lines: string[] = []
  const log: Logger = createLogger({ level: 'debug', write: (line) => lines.push(line) })
  const secrets: Readonly<Record<string, string>> = { access: store.accessKey, secret: store.secretKey }
  const drivers = createDrivers({
    env: { EXECUTOR_RETRY_BACKOFF_DURATION: '5ms', EXECUTOR_RETRY_BACKOFF_FACTOR: '1', ...options.env },
    log,
    readSecret: options.readSecret ?? (async (_name, key) => secrets[key] ?? ''),
  })
  return {
    drivers,
    folder,
    lines,
    signal: AbortSignal.timeout(60_000),
    artifact: (key, more = {}) => ({
      name: 'x',
      s3: {
        endpoint: options.endpoint ?? store.endpoint,
        insecure: true,
        bucket: store.bucket,
        key: `${prefix}/${key}`,
        accessKeySecret: { name: 'keys', key: 'access' },
        secretKeySecret: { name: 'keys', key: 'secret' },
        createBucketIfNotPresent: {},
        ...more,
      },
    }),
    [Symbol.asyncDispose]: async () => {
      await drivers.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
