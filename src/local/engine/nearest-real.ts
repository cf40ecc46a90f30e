// Where a path that may not exist yet really lies.

import { realpath } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The real path of `path`, or of the nearest folder above it that exists. */
export async function nearestReal(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (path === dirname(path)) throw error
    return nearestReal(dirname(path))
  }
}
