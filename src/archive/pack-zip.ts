// Packs a file or a directory into a .zip on disk, for wait (outputs with `archive: zip`); loaded only when one is met.

import { constants, createWriteStream, lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { ArgoError, errorCode } from '../errors/argo-error.ts'
import type { PackOptions } from './pack-tar-gz.ts'

export interface PackZipOptions extends Omit<PackOptions, 'level'> {
  /** The first part of every name; default the basename of the path. */
  readonly rootName?: string
}

/**
 * deviates: names start with the basename of the path, folders and modes are kept, links are kept as links; Argo's zip
 * holds the absolute path of a single file and loses the rest. Whole or not at all, like packTarGz.
 */
export async function packZip(sourcePath: string, destinationPath: string, options: PackZipOptions = {}): Promise<void> {
  const stats = statSync(sourcePath)
  if (!stats.isFile() && !stats.isDirectory()) {
    throw new ArgoError(`${sourcePath} is not a regular file or directory`, { code: 'ERR_INVALID_INPUT' })
  }
  mkdirSync(dirname(destinationPath), { recursive: true, mode: 0o755 })
  const temporary = `${destinationPath}.${process.pid}.tmp`
  try {
    const zip = new ZipFile()
    add(zip, sourcePath, options.rootName ?? basename(sourcePath), stats, options, true)
    zip.end()
    zip.on('error', (error) => zip.outputStream.destroy(error))
    const target = createWriteStream(temporary, { flags: 'wx', mode: 0o644 })
    await pipeline(zip.outputStream, target, options.signal ? { signal: options.signal } : {})
    renameSync(temporary, destinationPath)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function add(zip: ZipFile, path: string, name: string, stats: Stats, options: PackZipOptions, follow = false): void {
  const facts = { mtime: stats.mtime, mode: stats.mode }
  if (stats.isDirectory()) {
    zip.addEmptyDirectory(`${name}/`, facts)
    for (const child of readdirSync(path).toSorted()) {
      const found = lstatSync(`${path}/${child}`, { throwIfNoEntry: false })
      if (found !== undefined) add(zip, `${path}/${child}`, `${name}/${child}`, found, options)
    }
  } else if (stats.isFile()) {
    zip.addReadStreamLazy(name, { ...facts, size: stats.size }, (give) => {
      openFile(path, follow).then(
        (stream) => give(null, stream),
        (error: unknown) => give(error instanceof Error ? error : new Error(String(error))),
      )
    })
  } else if (stats.isSymbolicLink()) {
    const target = Buffer.from(readlinkSync(path))
    zip.addReadStreamLazy(name, { ...facts, size: target.length }, (give) => give(null, Readable.from([target])))
  } else {
    options.onWarning?.(`${path} is a socket, a device or a pipe: left out`)
  }
}

async function openFile(path: string, follow: boolean): Promise<Readable> {
  try {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW)
    return (await open(path, flags)).createReadStream()
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    throw new ArgoError(`pack ${path}: it vanished while it was read`, { code: 'ERR_TORN_DATA', cause: error })
  }
}
