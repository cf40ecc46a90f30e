// Writes the entries of a zip file below a folder, whatever the archive says; loaded only when one is met.

import { closeSync, futimesSync, writeSync } from 'node:fs'
import { normalize } from 'node:path'
import { crc32 } from 'node:zlib'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { ArgoError, errorMessage } from '../errors/argo-error.ts'
import type { ExtractOptions } from './extract-tar.ts'
import { nameFromBytes } from './file-name.ts'
import { clean } from './link-plan.ts'
import { SafeDir } from './safe-dir.ts'

/**
 * Unpacks into `folder`, an absolute path that exists. Symbolic links become regular files that hold the target's text
 * (spec executor 2), so nothing can be written through one. Throws `PATH: Illegal file path`, ERR_TORN_DATA.
 */
export async function extractZip(
  archivePath: string,
  folder: string,
  options: ExtractOptions = {},
): Promise<void> {
  const zip = await openPromise(archivePath, { decodeStrings: false, autoClose: false }).catch(
    (cause: unknown) => {
      throw torn(archivePath, errorMessage(cause), cause)
    },
  )
  const dir = new SafeDir(folder)
  try {
    const folders = new Folders(dir)
    for await (const entry of zip.eachEntry()) {
      options.signal?.throwIfAborted()
      await writeEntry(entry, { archivePath, folder, zip, dir, folders })
    }
    folders.restore()
  } finally {
    dir.close()
    zip.close()
  }
}

interface Place {
  readonly archivePath: string
  readonly folder: string
  readonly zip: ZipFile
  readonly dir: SafeDir
  readonly folders: Folders
}

async function writeEntry(entry: Entry, place: Place): Promise<void> {
  const name = nameFromBytes(entry.fileNameRaw)
  const parts = clean([], name.replace(/^\/+/, ''), '')
  if (parts === undefined || name.includes('\u0000')) {
    throw new ArgoError(`${normalize(`${place.folder}/${name}`)}: Illegal file path`, {
      code: 'ERR_UNSAFE_PATH',
    })
  }
  if (parts.length === 0) return
  const mode = modeOf(entry, name.endsWith('/'))
  if (name.endsWith('/')) {
    place.folders.make(parts, mode)
    return
  }
  place.folders.make(parts.slice(0, -1), mode)
  const descriptor = place.dir.createFile(parts.join('/'), mode)
  let closed = false
  try {
    await copyContent(entry, name, descriptor, place)
    const seconds = entry.getLastModDate().getTime() / 1000
    if (Number.isFinite(seconds)) futimesSync(descriptor, seconds, seconds)
    closed = true
    closeSync(descriptor)
  } finally {
    if (!closed) closeSync(descriptor)
  }
}

async function copyContent(
  entry: Entry,
  name: string,
  descriptor: number,
  { zip, archivePath }: Place,
): Promise<void> {
  let sum = 0
  try {
    for await (const piece of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      sum = crc32(piece, sum)
      for (let offset = 0; offset < piece.length;) offset += writeSync(descriptor, piece, offset)
    }
  } catch (error) {
    throw torn(archivePath, `${name}: ${errorMessage(error)}`, error)
  }
  if (sum !== entry.crc32 >>> 0) throw torn(archivePath, `${name}: checksum error`)
}

/**
 * Folders with the modes that Argo gives them, which may take away the right to write into them: they get that for as
 * long as the unpacking lasts.
 */
class Folders {
  readonly #dir: SafeDir
  readonly #finalModes = new Map<string, number>()

  constructor(dir: SafeDir) {
    this.#dir = dir
  }

  /** parity: missing parents of a file get the file's mode, an entry's own folder the entry's mode. */
  make(parts: readonly string[], mode: number): void {
    for (let count = 1; count <= parts.length; count++) {
      const name = parts.slice(0, count).join('/')
      if (!this.#dir.makeDir(name, mode)) continue
      const made = this.#dir.dirMode(name) ?? mode
      const final = process.geteuid?.() === 0 ? made : searchable(made)
      if ((made & 0o700) === 0o700 && final === made) continue
      this.#finalModes.set(name, final)
      this.#dir.setDirMode(name, made | 0o700)
    }
  }

  restore(): void {
    for (const [name, mode] of [...this.#finalModes].toReversed()) this.#dir.setDirMode(name, mode)
  }
}

// deviates: with Argo's modes the unpacking fails for an ordinary user; for root they are kept.
/** What may be listed may be entered. */
function searchable(mode: number): number {
  return mode | ((mode & 0o444) >> 2)
}

const unixCreators = [3, 19]

/** Permission bits: those of Unix when the creator wrote them, else from the read-only bit of MS-DOS. */
function modeOf(entry: Entry, isFolder: boolean): number {
  if (unixCreators.includes(entry.versionMadeBy >> 8)) return (entry.externalFileAttributes >>> 16) & 0o777
  const all = isFolder ? 0o777 : 0o666
  return (entry.externalFileAttributes & 1) === 1 ? all & 0o555 : all
}

function torn(path: string, what: string, cause?: unknown): ArgoError {
  return new ArgoError(`unpack the zip archive ${path}: ${what}`, { code: 'ERR_TORN_DATA', cause })
}
