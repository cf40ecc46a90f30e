// Walks a file or a directory for packing, in an order that depends on names alone, without following links.

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  statSync,
  type Stats,
} from 'node:fs'
import { ArgoError, errorCode } from '../errors/argo-error.ts'

export interface FoundEntry {
  /** Path to use while the walk stands at this entry. */
  readonly place: Buffer
  /** Path to show. */
  readonly shown: Buffer
  /** Name in the archive, beginning with the name of the root, without a slash at the end. */
  readonly name: Buffer
  readonly stats: Stats
}

/**
 * Yields `path` itself, which is followed, and everything below it. Folders are held by descriptor and never followed
 * as links: wait packs folders that processes of main may still change, and must not be led to its own files. Throws
 * when `path` is neither a file nor a folder.
 */
export function* walkTree(path: string, rootName: string): Generator<FoundEntry> {
  const stats = statSync(path)
  const place = Buffer.from(path)
  const root: FoundEntry = { place, shown: place, name: Buffer.from(rootName), stats }
  if (stats.isDirectory()) yield* walkFolder(root, true)
  else if (stats.isFile()) yield root
  else throw new ArgoError(`${path} is not a regular file or directory`, { code: 'ERR_INVALID_INPUT' })
}

function* walkFolder(folder: FoundEntry, follow: boolean): Generator<FoundEntry> {
  const descriptor = openSync(
    folder.place,
    constants.O_RDONLY | constants.O_DIRECTORY | (follow ? 0 : constants.O_NOFOLLOW),
  )
  try {
    yield { ...folder, stats: fstatSync(descriptor) }
    // A command's own root may lack /proc; there main packs what it could read anyway.
    const held = `/proc/self/fd/${descriptor}`
    const base = existsSync(held) ? Buffer.from(held) : folder.place
    for (const child of readdirSync(base, 'buffer').toSorted((a, b) => Buffer.compare(a, b))) {
      const place = join(base, child)
      const stats = statsOf(place)
      if (stats === undefined) continue
      const entry = { place, shown: join(folder.shown, child), name: join(folder.name, child), stats }
      if (stats.isDirectory()) yield* walkFolder(entry, false)
      else yield entry
    }
  } finally {
    closeSync(descriptor)
  }
}

/** Undefined for what vanished after its folder was listed. */
function statsOf(place: Buffer): Stats | undefined {
  try {
    return lstatSync(place)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function join(folder: Buffer, child: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), child])
}
