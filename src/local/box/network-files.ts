// The files by which programs find names and the time on this machine, also where they lie in folders that stay hidden.

import { realpathSync } from 'node:fs'
import type { BoxMount } from './box-spec.ts'

const files = ['/etc/resolv.conf', '/etc/hosts', '/etc/localtime']

/**
 * As container runtimes mount them: into an image's folder all of them at their own paths; into a view of the host those
 * that are links out of it (systemd keeps /etc/resolv.conf in /run), at the path where the link leads.
 */
export function networkFiles(
  view: 'host' | 'folder',
  isShown: (path: string) => boolean,
): readonly BoxMount[] {
  return files.flatMap((path): BoxMount[] => {
    const real = realPath(path)
    if (real === undefined) return []
    if (view === 'folder') return [{ source: real, target: path, type: 'file', readOnly: true }]
    return isShown(real) ? [] : [{ source: real, target: real, type: 'file', readOnly: true }]
  })
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined // not every machine has each of them
  }
}
