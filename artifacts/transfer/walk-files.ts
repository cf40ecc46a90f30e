// The files of a directory as keys below an object key: for saving whole directories.

import { lstatSync, readdirSync, type Dirent } from 'node:fs'
import { join } from 'node:path'

export interface FoundFile {
  /** Relative, with `/` between the parts; ends with `/` for a folder without entries. */
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
}

/**
 * In order of names. Links are left out (parity: following them would leave the directory), so are sockets, pipes and
 * devices, of which `onSkip` is told.
 */
export function walkFiles(root: string, onSkip: (path: string, why: string) => void): FoundFile[] {
  const found: FoundFile[] = []
  const visit = (folder: string, prefix: string): void => {
    const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path, `${prefix}${entry.name}/`)
      else if (entry.isFile()) found.push({ name: prefix + entry.name, path, sizeBytes: lstatSync(path).size })
      else onSkip(path, kindOf(entry))
    }
    if (entries.length === 0) found.push({ name: prefix, path: folder, sizeBytes: 0 })
  }
  visit(root, '')
  return found
}

function kindOf(entry: Dirent): string {
  if (entry.isSymbolicLink()) return 'symbolic link'
  if (entry.isSocket()) return 'socket'
  return entry.isFIFO() ? 'pipe' : 'device'
}
