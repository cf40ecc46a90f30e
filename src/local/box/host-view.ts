// What of the host's root an ordinary user's containers see: programs, libraries and settings, found once per run.

import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import type { HostEntry } from './box-spec.ts'
import { flagsAt, parseMountInfo } from './mounts.ts'

/** Nothing of these belongs to a user; everything else of the root stays outside. */
const shown = ['/bin', '/etc', '/lib', '/lib32', '/lib64', '/libx32', '/opt', '/sbin', '/usr', '/nix', '/gnu']

export function hostView(
  mountInfo: string = readFileSync('/proc/self/mountinfo', 'utf8'),
): readonly HostEntry[] {
  const mounts = parseMountInfo(mountInfo)
  return shown.flatMap((path): HostEntry[] => {
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat?.isSymbolicLink()) return [{ type: 'link', path, to: readlinkSync(path) }]
    if (!stat?.isDirectory()) return []
    const below = new Set(mounts.map((mount) => mount.path).filter((place) => place.startsWith(`${path}/`)))
    return [
      {
        type: 'folder',
        path,
        mounts: [path, ...below].map((place) => ({ path: place, flags: Number(flagsAt(mounts, place)) })),
      },
    ]
  })
}
