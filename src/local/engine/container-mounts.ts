// The mounts of one container: its volumes at their paths, sub-paths held inside their volumes.

import { mkdir, realpath, stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { ArgoError } from '../../errors/argo-error.ts'
import type { BoxMount } from '../box/box-spec.ts'
import { nearestReal } from './nearest-real.ts'
import { expand } from './expand.ts'
import type { PodContainer, PodVolumeMount } from './pod.ts'
import type { MountedVolume } from './volumes.ts'

/** Sorted so that a mount inside another one comes after it. Throws ArgoError that names container and volume. */
export async function containerMounts(
  container: PodContainer,
  volumes: ReadonlyMap<string, MountedVolume>,
  env: Readonly<Record<string, string>>,
): Promise<readonly BoxMount[]> {
  const mounts: BoxMount[] = []
  for (const mount of container.volumeMounts ?? []) {
    const volume = volumes.get(mount.name)
    if (volume === undefined) {
      throw new ArgoError(
        `container ${container.name}: volumeMounts names the volume ${JSON.stringify(mount.name)}, which the pod does not have`,
        {
          code: 'ERR_INVALID_INPUT',
        },
      )
    }
    const source = await sourceOf(mount, volume, env)
    const type = (await stat(source)).isDirectory() ? 'folder' : 'file'
    mounts.push({
      source,
      target: resolve('/', mount.mountPath),
      type,
      readOnly: volume.readOnly || mount.readOnly === true,
    })
  }
  return mounts.sort((a, b) => depth(a.target) - depth(b.target))
}

async function sourceOf(
  { name, subPath = '', subPathExpr }: PodVolumeMount,
  volume: MountedVolume,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const within = subPathExpr === undefined ? subPath : expand(subPathExpr, env)
  if (within === '') return volume.path
  const root = await realpath(volume.path)
  const wanted = resolve(root, within)
  const outside = new ArgoError(
    `volume ${JSON.stringify(name)}: the subPath ${JSON.stringify(within)} leads out of it`,
    {
      code: 'ERR_UNSAFE_PATH',
    },
  )
  if (!isInside(root, wanted)) throw outside
  // A link that an earlier container left there must not lead the mount to the host's files.
  if (!isInside(root, await nearestReal(wanted))) throw outside
  await mkdir(wanted, { recursive: true, mode: 0o777 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
  return realpath(wanted)
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root + sep)
}

function depth(path: string): number {
  return path === '/' ? 0 : path.split('/').length
}
