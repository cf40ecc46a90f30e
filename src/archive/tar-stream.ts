// Reads a file or a directory as the bytes of a tar archive, for main (outputs of the base layer) and wait (volumes).

import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, type Stats } from 'node:fs'
import { basename } from 'node:path'
import { ArgoError } from '../errors/argo-error.ts'
import { encodeTarHeader, endOfArchive, padding, type TarEntry } from './tar-header.ts'
import { walkTree, type FoundEntry } from './walk-tree.ts'

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
  for (const entry of walkTree(path, options.rootName ?? basename(path))) {
    options.signal?.throwIfAborted()
    const { place, shown, name, stats } = entry
    if (stats.isFile()) {
      yield* fileEntry(entry, place.equals(shown))
    } else if (stats.isDirectory()) {
      yield encodeTarHeader(common(stats, Buffer.concat([name, Buffer.from('/')]), 'directory'))
    } else if (stats.isSymbolicLink()) {
      yield encodeTarHeader({ ...common(stats, name, 'symlink'), linkTarget: readlinkSync(place, 'buffer') })
    } else if (stats.isSocket()) {
      options.onWarning?.(`${shown.toString()} is a socket, which an archive cannot hold: left out`)
    } else {
      options.onWarning?.(`${shown.toString()} is a device or a pipe: only its name is kept`)
      yield encodeTarHeader(common(stats, name, 'other'))
    }
  }
  yield endOfArchive()
}

/** The size comes from the open file and not from the walk, and the content must be exactly that long. */
function* fileEntry({ place, shown, name }: FoundEntry, follow: boolean): Generator<Buffer> {
  const descriptor = openRegularFile(place, shown, follow)
  try {
    const stats = fstatSync(descriptor)
    yield encodeTarHeader(common(stats, name, 'file'))
    let left = stats.size
    while (left > 0) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, left))
      const read = readSync(descriptor, chunk)
      if (read === 0) throw changed(shown, `shrank by ${left} bytes`)
      left -= read
      yield chunk.subarray(0, read)
    }
    if (readSync(descriptor, Buffer.allocUnsafe(1)) > 0) throw changed(shown, `grew past ${stats.size} bytes`)
    const rest = padding(stats.size)
    if (rest.length > 0) yield rest
  } finally {
    closeSync(descriptor)
  }
}

/** Without O_NONBLOCK a pipe put in the file's place after the walk would block for ever. */
export function openRegularFile(place: Buffer, shown: Buffer, follow: boolean): number {
  const descriptor = openSync(
    place,
    constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW),
  )
  if (fstatSync(descriptor).isFile()) return descriptor
  closeSync(descriptor)
  throw changed(shown, 'became something else than a regular file')
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

function changed(path: Buffer, how: string): ArgoError {
  return new ArgoError(
    `pack ${path.toString()}: it ${how} while it was read; write outputs before the command ends`,
    {
      code: 'ERR_TORN_DATA',
    },
  )
}
