// Unpacks an archive file to a destination that appears only when all of it is there, for init (inputs) and wait.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { randomBytes } from 'node:crypto'
import { startsWithGzip } from './detect.ts'
import { extractTar, type ExtractOptions } from './extract-tar.ts'
import { fileBytes } from './file-bytes.ts'

export type ArchiveKind = 'tar' | 'zip'

/**
 * Unpacks `archivePath` beside `destinationPath`, then renames: a single top-level entry becomes the destination
 * itself, else the folder does (spec executor 2). tar may be gzipped or plain. On failure nothing is left.
 */
export async function unpack(
  kind: ArchiveKind,
  archivePath: string,
  destinationPath: string,
  options: ExtractOptions = {},
): Promise<void> {
  const folder = freshSibling(destinationPath, '.tmpdir')
  mkdirSync(dirname(folder), { recursive: true })
  mkdirSync(folder, 0o777)
  try {
    if (kind === 'zip') await (await import('./extract-zip.ts')).extractZip(archivePath, folder, options)
    else await unpackTar(archivePath, folder, options)
    // Names, not entries: the one entry may be a link or a name that is not UTF-8.
    const [first, ...others] = readdirSync(folder, 'buffer')
    const only = first !== undefined && others.length === 0
    renameSync(only ? Buffer.concat([Buffer.from(`${folder}/`), first]) : folder, destinationPath)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `PATH + SUFFIX`, or a name nobody uses when that is taken: the folder may be the user's own. */
export function freshSibling(path: string, suffix: string): string {
  const plain = `${path}${suffix}`
  return existsSync(plain) ? `${path}.${randomBytes(6).toString('hex')}${suffix}` : plain
}

// deviates: with `archive: tar` a tar that is not gzipped is unpacked too, where Argo fails.
async function unpackTar(archivePath: string, folder: string, options: ExtractOptions): Promise<void> {
  const gunzip = startsWithGzip(archivePath)
  const source = fileBytes(archivePath, { gunzip, ...(options.signal ? { signal: options.signal } : {}) })
  await extractTar(source, folder, { ...options, requireEnd: !gunzip })
}
