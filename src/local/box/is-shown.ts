// Whether a path of the host is there in a box as well.

import type { BoxRoot } from './box-spec.ts'

export function isShown(root: BoxRoot, path: string): boolean {
  const within = (folder: string): boolean => path === folder || path.startsWith(`${folder}/`)
  if (root.type === 'host') return root.entries.some((entry) => within(entry.path))
  if (root.type === 'overlay') return !root.hidden.some(within)
  return root.type === 'none'
}
