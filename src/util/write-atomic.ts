// Files that appear whole or not at all: written beside their final name, then renamed.

import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

export interface WriteAtomicOptions {
  /** Mode of the file whatever the umask is; default 0o644. */
  readonly mode?: number
  /** Also wait until the disk has it. Markers between containers of one pod need no sync: they share a kernel. */
  readonly sync?: boolean
}

export function writeAtomicSync(
  path: string,
  content: string | Uint8Array,
  options: WriteAtomicOptions = {},
): void {
  const mode = options.mode ?? 0o644
  // Unique among writers is enough, since the name must not exist yet; node:crypto would cost main its start.
  const temporary = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  try {
    const descriptor = openSync(temporary, 'wx', mode)
    try {
      for (let offset = 0; offset < bytes.length;) offset += writeSync(descriptor, bytes, offset)
      fchmodSync(descriptor, mode)
      if (options.sync) fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
