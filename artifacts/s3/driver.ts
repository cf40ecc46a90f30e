// Argo's rules for artifacts in S3: file or directory, what is not found, which keys a directory has (spec executor
// 6.1). Above the port of client.ts; for init, wait and the command line.

import { statSync } from 'node:fs'
import { extname } from 'node:path'
import type { Logger } from '../../src/log/logger.ts'
import { ArgoError, errorMessage } from '../../src/errors/argo-error.ts'
import type { Artifact, S3Bucket } from '../../src/spec/types.ts'
import type { Environment } from '../../src/util/environment.ts'
import type { ArtifactDriver, ObjectStat } from '../driver.ts'
import { createBufferPool } from '../transfer/buffer-pool.ts'
import { createContentTypes } from '../transfer/content-type.ts'
import type { StoreRetry } from '../transient.ts'
import type { ListedObject, ObjectFacts, S3Client } from './client.ts'
import { ensureBucket } from './ensure-bucket.ts'
import { explain } from './explain.ts'
import { directoryPrefix } from './keys.ts'
import { isDirectory } from './is-directory.ts'
import { listAll } from './list-all.ts'
import { load } from './load.ts'
import { openStream } from './open-stream.ts'
import { remove } from './remove.ts'
import { saveDirectory } from './save-directory.ts'
import { uploadFile, type UploadIo } from './upload-file.ts'
import { uploadKnobs } from './upload-knobs.ts'
import { uploadStream } from './upload-stream.ts'

export interface S3DriverOptions {
  readonly client: S3Client
  readonly close: () => Promise<void>
  readonly retry: StoreRetry
  readonly place: S3Bucket
  readonly log: Logger
  readonly env: Environment
}

export function createS3Driver(options: S3DriverOptions): ArtifactDriver {
  const { client, retry, log, place } = options
  const knobs = uploadKnobs(options.env)
  const pool = createBufferPool(knobs.threads * knobs.partBytes, knobs.partBytes)
  const io: UploadIo = { client, retry, log, pool, knobs }
  const contentType = createContentTypes()
  const ready = ensureBucket(io, place)

  return {
    name: 's3',
    capabilities: {
      load: true,
      save: true,
      directories: true,
      ranges: true,
      list: true,
      delete: true,
      stat: true,
      checksum: place.insecure === true ? 'sha256' : 'crc32',
    },

    load: (artifact, path, { signal }) => load(io, keyOf(artifact), path, signal),

    save: async (artifact, path, { signal }) => {
      await ready(signal)
      const key = keyOf(artifact)
      if (isFolder(path)) {
        await explain('failed to put directory', () => saveDirectory(io, key, path, contentType, signal))
      } else {
        // The path may be that of an open descriptor, without a name.
        const type = contentType(extname(key) === '' ? path : key)
        await explain('failed to put file', () => uploadFile(io, key, path, { signal, contentType: type }))
      }
    },

    openStream: (artifact, range) => openStream(io, keyOf(artifact), range),

    saveStream: async (artifact, source, { signal, contentType: type }) => {
      await ready(signal)
      const key = keyOf(artifact)
      await explain('failed to put file', () =>
        uploadStream(io, key, source, { signal, contentType: type ?? contentType(key) }),
      )
    },

    list: async (artifact, { signal }) => {
      const key = keyOf(artifact)
      const found = await explain('failed to list directory', () => listAll(io, directoryPrefix(key), signal))
      const objects = found.filter((object) => !object.key.endsWith('/'))
      if (objects.length > 0) return objects.map(statOf)
      return [await statKey(io, key, signal)]
    },

    isDirectory: (artifact, { signal }) => isDirectory(io, keyOf(artifact), signal),

    stat: (artifact, { signal }) => statKey(io, keyOf(artifact), signal),

    delete: (artifact, { signal }) => remove(io, keyOf(artifact), signal),

    close: options.close,
  }
}

function isFolder(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined)
    throw new ArgoError(`save ${path}: no such file or directory`, { code: 'ERR_NOT_FOUND' })
  return stats.isDirectory()
}

async function statKey({ client, retry }: UploadIo, key: string, signal: AbortSignal): Promise<ObjectStat> {
  try {
    const facts = await retry.run(signal, async () => client.head(key, signal))
    return factsOf(key, facts)
  } catch (error) {
    const notFound = error instanceof ArgoError && error.code === 'ERR_NOT_FOUND'
    throw notFound
      ? new ArgoError(`no key found of name ${key}: ${errorMessage(error)}`, {
          code: 'ERR_NOT_FOUND',
          cause: error,
        })
      : error
  }
}

function keyOf(artifact: Artifact): string {
  const key = artifact.s3?.key
  if (key === undefined || key === '') {
    throw new ArgoError(
      `artifact ${artifact.name} has no key: set s3.key or use the key of the artifact repository`,
      {
        code: 'ERR_BAD_REQUEST',
      },
    )
  }
  return key
}

function statOf({ key, sizeBytes, etag, lastModified }: ListedObject): ObjectStat {
  return {
    key,
    sizeBytes,
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  }
}

function factsOf(key: string, { checksums, plainEtag: _plain, ...facts }: ObjectFacts): ObjectStat {
  const first = Object.entries(checksums)[0]
  return { key, ...facts, ...(first === undefined ? {} : { checksum: first.join(':') }) }
}
