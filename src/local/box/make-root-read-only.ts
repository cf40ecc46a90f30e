// Takes the right to write from everything in a box that is no volume: `readOnlyRootFilesystem`.

import { readFileSync, realpathSync } from 'node:fs'
import { makeReadOnly, parseMountInfo } from './mounts.ts'

/**
 * Called inside the finished box. The root is more than one mount: folders that hide the host's, or that were laid over
 * read-only ones to hold a volume, are mounts as well.
 */
export function makeRootReadOnly(volumes: readonly string[]): void {
  const kept = ['/dev', '/proc', ...volumes.map((path) => realpathSync(path))]
  const isKept = (path: string): boolean =>
    kept.some((folder) => path === folder || path.startsWith(`${folder}/`))
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))
  for (const { path, flags } of mounts) if (!isKept(path)) makeReadOnly(path, flags)
}
