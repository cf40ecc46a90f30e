// Volumes of a pod as folders of the host: fresh ones, ones with the keys of ConfigMaps and Secrets, and folders of the
// user where the user allowed it.

import { chmod, mkdir, realpath, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { ArgoError } from '../../errors/argo-error.ts'
import { makeFolders } from '../../util/make-folders.ts'
import { fieldOf } from './field-ref.ts'
import type { KeyKind, KeyStore } from './key-store.ts'
import { nearestReal } from './nearest-real.ts'
import type { DownwardItem, KeyToPath, Pod, PodVolume } from './pod.ts'

export interface VolumeContext {
  readonly pod: Pod
  readonly keys: KeyStore
  readonly nodeName: string
  /** Folder of this pod's own volumes. */
  readonly folder: string
  /** Folder of the claims that outlive pods. */
  readonly claims: string
  /** Folders of the user below which hostPath volumes are allowed, as real paths. */
  readonly allowedHostPaths: readonly string[]
  readonly serviceAccountToken: string
}

export interface MountedVolume {
  /** Real path on the host. */
  readonly path: string
  readonly readOnly: boolean
}

/** Throws ArgoError that names the volume and what is missing or refused. */
export async function makeVolume(volume: PodVolume, context: VolumeContext): Promise<MountedVolume> {
  const path = join(context.folder, encodeURIComponent(volume.name))
  try {
    if (volume.hostPath !== undefined)
      return { path: await hostFolder(volume.hostPath, context), readOnly: false }
    if (volume.persistentVolumeClaim !== undefined) return await claim(volume.persistentVolumeClaim, context)
    const files = await filesOf(volume, context)
    await makeOpenFolder(path)
    for (const [name, { content, mode }] of files ?? []) await writeKey(path, name, content, mode)
    return { path, readOnly: files !== undefined }
  } catch (error) {
    throw new ArgoError(
      `volume "${volume.name}": ${error instanceof Error ? error.message : String(error)}`,
      {
        code: 'ERR_INVALID_INPUT',
        cause: error,
      },
    )
  }
}

/** Every container of the pod may write, whoever it runs as; the folder above lets nobody else in. */
async function makeOpenFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await chmod(path, 0o777)
}

interface KeyFile {
  readonly content: string | Buffer
  readonly mode: number
}

/** Undefined for a volume that starts empty and may be written. */
async function filesOf(
  volume: PodVolume,
  context: VolumeContext,
): Promise<ReadonlyMap<string, KeyFile> | undefined> {
  const { configMap, secret, downwardAPI, projected, emptyDir } = volume
  if (emptyDir !== undefined) return undefined
  if (configMap !== undefined)
    return keyFiles('configmap', configMap.name, configMap, configMap.defaultMode, context)
  if (secret !== undefined) return keyFiles('secret', secret.secretName, secret, secret.defaultMode, context)
  if (downwardAPI !== undefined) return downwardFiles(downwardAPI.items, downwardAPI.defaultMode, context)
  if (projected === undefined) {
    const source = Object.keys(volume).find((key) => key !== 'name')
    if (source === undefined) return undefined
    throw new ArgoError(`its source ${source} does not exist on a laptop`, { code: 'ERR_INVALID_INPUT' })
  }
  const all = new Map<string, KeyFile>()
  for (const source of projected.sources ?? []) {
    const { defaultMode } = projected
    const files = source.configMap
      ? await keyFiles('configmap', source.configMap.name, source.configMap, defaultMode, context)
      : source.secret
        ? await keyFiles('secret', source.secret.name, source.secret, defaultMode, context)
        : source.downwardAPI
          ? downwardFiles(source.downwardAPI.items, defaultMode, context)
          : tokenFile(source.serviceAccountToken, context)
    for (const [name, file] of files) all.set(name, file)
  }
  return all
}

async function keyFiles(
  kind: KeyKind,
  name: string | undefined,
  { items, optional }: { readonly items?: readonly KeyToPath[]; readonly optional?: boolean },
  defaultMode = 0o644,
  context: VolumeContext,
): Promise<ReadonlyMap<string, KeyFile>> {
  const keys = await context.keys.read(kind, name ?? '', optional)
  const files = new Map<string, KeyFile>()
  if (keys === undefined) return files
  if (items === undefined) {
    for (const [key, content] of keys) files.set(key, { content, mode: defaultMode })
    return files
  }
  for (const { key, path, mode = defaultMode } of items) {
    const content = keys.get(key)
    if (content !== undefined) files.set(path, { content, mode })
    else if (optional !== true) {
      throw new ArgoError(`${kind} "${name ?? ''}" has no key ${JSON.stringify(key)}`, {
        code: 'ERR_NOT_FOUND',
      })
    }
  }
  return files
}

function downwardFiles(
  items: readonly DownwardItem[] = [],
  defaultMode = 0o644,
  { pod, nodeName }: VolumeContext,
): ReadonlyMap<string, KeyFile> {
  return new Map(
    items.map(({ path, fieldRef, mode = defaultMode }) => [
      path,
      { content: fieldRef === undefined ? '' : fieldOf(pod, fieldRef.fieldPath, nodeName), mode },
    ]),
  )
}

function tokenFile(
  source: { readonly path: string } | undefined,
  context: VolumeContext,
): ReadonlyMap<string, KeyFile> {
  return source === undefined
    ? new Map()
    : new Map([[source.path, { content: context.serviceAccountToken, mode: 0o644 }]])
}

/** Keys name files, and items paths: both come from manifests, and must stay inside. */
async function writeKey(folder: string, name: string, content: string | Buffer, mode: number): Promise<void> {
  const path = resolve(folder, name)
  if (!path.startsWith(folder + sep)) {
    throw new ArgoError(`the path ${JSON.stringify(name)} leads out of the volume`, {
      code: 'ERR_UNSAFE_PATH',
    })
  }
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content, { mode })
}

async function claim(
  { claimName, readOnly = false }: NonNullable<PodVolume['persistentVolumeClaim']>,
  { claims }: VolumeContext,
): Promise<MountedVolume> {
  const path = join(claims, encodeURIComponent(claimName))
  await makeOpenFolder(path)
  return { path, readOnly }
}

async function hostFolder(
  { path, type = '' }: NonNullable<PodVolume['hostPath']>,
  { allowedHostPaths }: VolumeContext,
): Promise<string> {
  const allowed = (real: string): boolean =>
    allowedHostPaths.some((root) => real === root || real.startsWith(root === sep ? sep : root + sep))
  const refused = new ArgoError(
    `hostPath ${path} lies outside the working directory; allow it with --allow-host-path ${path}`,
    {
      code: 'ERR_FORBIDDEN',
    },
  )
  // What is missing must not be made, nor told about, outside either, so the nearest parent that is there decides.
  if (!allowed(await nearestReal(path))) throw refused
  const isMade = type === '' || type === 'DirectoryOrCreate'
  // parity: container runtimes make the folder of a path of no type.
  if (isMade && !(await isThere(path))) makeFolders(path, 0o755)
  if (type === 'FileOrCreate' && !(await isThere(path)))
    await writeFile(path, '', { mode: 0o644, flag: 'wx' })
  if (!(await isThere(path)))
    throw new ArgoError(`hostPath ${path} of type ${type} does not exist`, { code: 'ERR_NOT_FOUND' })
  const real = await realpath(path)
  if (!allowed(real)) throw refused
  const found = await stat(real)
  if (type === 'File' ? !found.isFile() : !found.isDirectory() && !found.isFile()) {
    throw new ArgoError(`hostPath ${path} is not a ${type === 'File' ? 'file' : 'file or folder'}`, {
      code: 'ERR_INVALID_INPUT',
    })
  }
  return real
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
