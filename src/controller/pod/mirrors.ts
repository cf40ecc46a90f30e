// The mounts of main as the executor's containers see them: under `/mainctrfs`.

import { cleanPath } from '../../pod/artifact-path.ts'
import { mainFilesystemDir } from '../../pod/paths.ts'
import type { VolumeMount } from '../../spec/types.ts'

/** The same mounts one floor down; Windows network paths have no place there (spec executor 1.6). */
export function mirrored(mounts: readonly VolumeMount[]): readonly VolumeMount[] {
  return mounts
    .filter(({ mountPath }) => !mountPath.startsWith('\\\\'))
    .map((mount) => ({ ...mount, mountPath: cleanPath(`${mainFilesystemDir}/${mount.mountPath}`) }))
}

/** For wait: writable whatever main has, and one mount per path. */
export function writableMirror(mounts: readonly VolumeMount[]): readonly VolumeMount[] {
  const seen = new Set<string>()
  return mirrored(mounts).flatMap(({ readOnly: _readOnly, ...mount }) => {
    if (seen.has(mount.mountPath)) return []
    seen.add(mount.mountPath)
    return [mount]
  })
}
