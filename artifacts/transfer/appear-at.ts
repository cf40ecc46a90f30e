// A file or folder that appears at its path complete or not at all. For loads.

import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'

/** `make` creates `temporary`, which lies beside `path` and is removed when it fails. Parents are made. */
export async function appearAt(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.part.${randomBytes(6).toString('hex')}`
  try {
    await make(temporary)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
}
