// Packs a file or a directory into a .zip on disk, for wait (outputs with `archive: zip`); loaded only when one is met.

import { createReadStream, createWriteStream, mkdirSync, readlinkSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { addAbortSignal, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile, type EntryOptions } from 'yazl'
import { openRegularFile, type TarStreamOptions } from './tar-stream.ts'
import { walkTree, type FoundEntry } from './walk-tree.ts'

// deviates: Argo's zip holds the absolute path of a single file, and loses empty folders, modes and links.
/** Names start with the basename of the path. Whole or not at all, like packTarGz. */
export async function packZip(
  sourcePath: string,
  destinationPath: string,
  options: TarStreamOptions = {},
): Promise<void> {
  mkdirSync(dirname(destinationPath), { recursive: true, mode: 0o755 })
  const temporary = `${destinationPath}.${process.pid}.tmp`
  try {
    const zip = new ZipFile()
    zip.on('error', (error) => zip.outputStream.destroy(error))
    const target = createWriteStream(temporary, { flags: 'wx', mode: 0o644 })
    const written = pipeline(zip.outputStream, target, options.signal ? { signal: options.signal } : {})
    const stop = new AbortController()
    written.catch((error: unknown) => stop.abort(error))
    try {
      await addAll(zip, sourcePath, options, stop.signal)
    } catch (error) {
      zip.outputStream.destroy(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
    await written
    renameSync(temporary, destinationPath)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** One entry after the other, as the package takes them, so that the walk stands where the package reads. */
async function addAll(
  zip: ZipFile,
  path: string,
  options: TarStreamOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const entry of walkTree(path, options.rootName ?? basename(path))) {
    signal.throwIfAborted()
    const { name, stats, shown } = entry
    const facts = { mtime: stats.mtime, mode: stats.mode }
    if (stats.isDirectory()) zip.addEmptyDirectory(`${name.toString()}/`, facts)
    else if (stats.isFile() || stats.isSymbolicLink()) await addContent(zip, entry, facts, signal)
    else options.onWarning?.(`${shown.toString()} is a socket, a device or a pipe: left out`)
  }
  zip.end()
}

function addContent(
  zip: ZipFile,
  entry: FoundEntry,
  facts: EntryOptions,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    zip.addReadStreamLazy(entry.name.toString(), facts, (give) => {
      try {
        const content = addAbortSignal(signal, openContent(entry))
        content.once('close', resolve)
        content.once('error', reject)
        give(null, content)
      } catch (error) {
        reject(error as Error)
      }
    })
  })
}

function openContent({ place, shown, stats }: FoundEntry): Readable {
  if (stats.isSymbolicLink()) return Readable.from([readlinkSync(place, 'buffer')])
  return createReadStream('', { fd: openRegularFile(place, shown, place.equals(shown)) })
}
