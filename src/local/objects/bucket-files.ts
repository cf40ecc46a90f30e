// The folder behind the embedded object store: one plain file per object, so that people can look at their artifacts
// with any program. Nothing else is kept: an ETag is made of what the file system knows.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  type BigIntStats,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode } from '../../errors/argo-error.ts'
import { fileOfKey, keyOfFile } from './key-names.ts'
import { Problem } from './problem.ts'

export interface StoredObject {
  readonly key: string
  readonly path: string
  readonly sizeBytes: number
  readonly etag: string
  readonly modified: Date
}

export interface OpenObject extends StoredObject {
  /** The caller closes it. */
  readonly descriptor: number
}

export interface BucketFiles {
  hasBucket(bucket: string): boolean
  /** False when it was there. */
  makeBucket(bucket: string): boolean
  find(bucket: string, key: string): StoredObject | undefined
  /** Like find, with the file open: what is read belongs to this ETag even when the object is replaced meanwhile. */
  open(bucket: string, key: string): OpenObject | undefined
  /** All objects below a prefix, in the order of the bytes of their keys. */
  list(bucket: string, prefix: string): StoredObject[]
  /** Takes over a complete temporary file; readers see the old object or the new one. */
  put(bucket: string, key: string, temporary: string): StoredObject
  remove(bucket: string, key: string): void
  /** Where uploads are written before they are complete; on the same file system. */
  readonly temporary: string
}

export function openBucketFiles(root: string): BucketFiles {
  const temporary = join(root, 'incomplete')
  const buckets = join(root, 'buckets')
  for (const folder of [temporary, buckets]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const folderOf = (bucket: string): string => {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
      throw new Problem(400, 'InvalidBucketName', 'The bucket name is not valid.')
    return join(buckets, bucket)
  }
  const files: BucketFiles = {
    temporary,
    hasBucket: (bucket) => statSync(folderOf(bucket), { throwIfNoEntry: false }) !== undefined,
    makeBucket: (bucket) => {
      if (files.hasBucket(bucket)) return false
      mkdirSync(folderOf(bucket), { recursive: true, mode: 0o700 })
      return true
    },
    find: (bucket, key) => stat(join(folderOf(bucket), fileOfKey(key)), key),
    open: (bucket, key) => {
      const path = join(folderOf(bucket), fileOfKey(key))
      const descriptor = whenThere(() => openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW))
      if (descriptor === undefined) return undefined
      const object = describe(fstatSync(descriptor, { bigint: true }), path, key)
      if (object === undefined) closeSync(descriptor)
      return object && { ...object, descriptor }
    },
    list: (bucket, prefix) =>
      walk(folderOf(bucket), '')
        .flatMap((path) => objectAt(folderOf(bucket), path, prefix))
        .toSorted(byKey),
    put: (bucket, key, from) => {
      const path = join(folderOf(bucket), fileOfKey(key))
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      renameSync(from, path)
      const object = stat(path, key)
      if (object === undefined)
        throw new Problem(500, 'InternalError', 'The object was removed while it was stored.')
      return object
    },
    remove: (bucket, key) => rmSync(join(folderOf(bucket), fileOfKey(key)), { force: true }),
  }
  return files
}

function walk(folder: string, prefix: string): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix + entry.name
    return entry.isDirectory() ? walk(folder, `${path}/`) : [path]
  })
}

function objectAt(folder: string, path: string, prefix: string): StoredObject[] {
  const key = keyOfFile(path)
  if (key === undefined || !key.startsWith(prefix)) return []
  // It may go away while the folder is read.
  return [stat(join(folder, path), key)].filter((object) => object !== undefined)
}

function stat(path: string, key: string): StoredObject | undefined {
  const stats = whenThere(() => lstatSync(path, { bigint: true }))
  return stats && describe(stats, path, key)
}

function describe(stats: BigIntStats, path: string, key: string): StoredObject | undefined {
  if (!stats.isFile()) return undefined
  return { key, path, sizeBytes: Number(stats.size), etag: etagOf(stats), modified: stats.mtime }
}

function whenThere<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '')) return undefined
    throw error
  }
}

/** Not the shape of an MD5, which clients would compare. */
function etagOf({ ino, mtimeNs, size }: BigIntStats): string {
  return [ino, mtimeNs, size].map((part) => part.toString(16)).join('-')
}

function byKey(a: StoredObject, b: StoredObject): number {
  return Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))
}
