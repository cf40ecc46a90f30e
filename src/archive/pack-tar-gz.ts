// Packs a file or a directory into a .tar.gz on disk, for main (staging outputs) and wait (outputs in volumes).

import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { gzipMembers } from './gzip-members.ts'
import { tarStream, type TarStreamOptions } from './tar-stream.ts'

export interface PackOptions extends TarStreamOptions {
  /** gzip level: 0 (store) to 9; absent is the default of zlib. */
  readonly level?: number
}

/**
 * Writes `destinationPath` whole or not at all: under a temporary name, then renamed. A full disk, a failed close, a
 * file that changes while it is read, an abort: each rejects and leaves nothing behind.
 */
export async function packTarGz(
  sourcePath: string,
  destinationPath: string,
  options: PackOptions = {},
): Promise<void> {
  const { level, ...rest } = options
  mkdirSync(dirname(destinationPath), { recursive: true, mode: 0o755 })
  const temporary = `${destinationPath}.${process.pid}.tmp`
  try {
    const descriptor = openSync(temporary, 'wx', 0o644)
    let closed = false
    try {
      for await (const member of gzipMembers(
        tarStream(sourcePath, rest),
        level === undefined ? {} : { level },
      )) {
        for (let offset = 0; offset < member.length;) offset += writeSync(descriptor, member, offset)
      }
      closed = true
      closeSync(descriptor)
    } finally {
      if (!closed) closeSync(descriptor)
    }
    renameSync(temporary, destinationPath)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
