// Where the conformance corpus lies, if it is there at all.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Folder of the shared material: ARGO_SHARED, or `../shared` beside the checkout; undefined when there is none. */
export function sharedDir(): string | undefined {
  const folder = process.env['ARGO_SHARED'] ?? join(import.meta.dirname, '../../../shared')
  return existsSync(join(folder, 'corpus')) ? folder : undefined
}
