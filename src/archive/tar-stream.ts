// Reads a file or a directory as the bytes of a tar archive, for main (outputs of the base layer) and wait (volumes).

import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, statSync, type Stats } from 'node:fs'
import { basename } from 'node:path'
import { ArgoError } from '../errors/argo-error.ts'
import { encodeTarHeader, endOfArchive, padding, type TarEntry } from './tar-header.ts'

export interface TarStreamOptions {
  readonly signal?: AbortSignal
  /** Told about what cannot be kept: sockets, and devices or pipes, of which only the name is kept. */
  readonly onWarning?: (message: string) => void
  /** The first part of every name; default the basename of the path. */
  readonly rootName?: string
}

const chunkBytes = 256 * 1024

/**
 * Yields the archive of `path`, names prefixed with its basename, in byte order of names so that the same tree gives
 * the same bytes. Links are kept as links; `path` itself is followed. Rejects when a file shrinks or grows meanwhile.
 */
export async function* tarStream(path: string, options: TarStreamOptions = {}): AsyncGenerator<Buffer> {
  const stats = statSync(path)
  if (!stats.isFile() && !stats.isDirectory()) {
    throw new ArgoError(`${path} is not a regular file or directory`, { code: 'ERR_INVALID_INPUT' })
  }
  const rootName = Buffer.from(options.rootName ?? basename(path))
  const root = Buffer.from(path)
  for (const { full, name, stats: entry } of walk(root, rootName, stats)) {
    options.signal?.throwIfAborted()
    if (entry.isSocket()) {
      options.onWarning?.(`${full.toString()} is a socket, which an archive cannot hold: left out`)
      continue
    }
    const type = typeOf(entry)
    if (type === 'other') options.onWarning?.(`${full.toString()} is a device or a pipe: only its name is kept`)
    if (type === 'file') {
      yield* fileEntry(full, name, full === root)
      continue
    }
    const link = type === 'symlink' ? { linkTarget: readlinkSync(full, 'buffer') } : {}
    yield encodeTarHeader({ ...common(entry, type === 'directory' ? join(name, '') : name, type), ...link })
  }
  yield endOfArchive()
}

interface Found {
  readonly full: Buffer
  readonly name: Buffer
  readonly stats: Stats
}

function* walk(full: Buffer, name: Buffer, stats: Stats): Generator<Found> {
  yield { full, name, stats }
  if (!stats.isDirectory()) return
  for (const child of readdirSync(full, 'buffer').toSorted((a, b) => Buffer.compare(a, b))) {
    const path = join(full, child)
    let found: Stats
    try {
      found = lstatSync(path)
    } catch (error) {
      if (isGone(error)) continue
      throw error
    }
    yield* walk(path, join(name, child), found)
  }
}

function join(folder: Buffer, child: Buffer | ''): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), Buffer.from(child)])
}

/** The size comes from the open file and not from the walk, and the content must be exactly that long. */
async function* fileEntry(full: Buffer, name: Buffer, follow: boolean): AsyncGenerator<Buffer> {
  // Without O_NONBLOCK a pipe put in the file's place after the walk would block for ever.
  const descriptor = openSync(full, constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW))
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile()) throw changed(full, 'became something else than a regular file')
    yield encodeTarHeader(common(stats, name, 'file'))
    let left = stats.size
    while (left > 0) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, left))
      const read = readSync(descriptor, chunk)
      if (read === 0) throw changed(full, `shrank by ${left} bytes`)
      left -= read
      yield chunk.subarray(0, read)
    }
    if (readSync(descriptor, Buffer.allocUnsafe(1)) > 0) throw changed(full, `grew past ${stats.size} bytes`)
    const rest = padding(stats.size)
    if (rest.length > 0) yield rest
  } finally {
    closeSync(descriptor)
  }
}

function common(stats: Stats, name: Buffer, type: TarEntry['type']): TarEntry {
  return {
    name,
    type,
    mode: stats.mode & 0o7777,
    sizeBytes: type === 'file' ? stats.size : 0,
    mtimeSeconds: Math.floor(stats.mtimeMs / 1000),
    uid: stats.uid,
    gid: stats.gid,
  }
}

function typeOf(stats: Stats): TarEntry['type'] {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}

function changed(path: Buffer, how: string): ArgoError {
  return new ArgoError(`pack ${path.toString()}: it ${how} while it was read; write outputs before the command ends`, {
    code: 'ERR_TORN_DATA',
  })
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
