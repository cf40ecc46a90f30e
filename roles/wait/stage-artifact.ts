// Brings one output into the form in which it is uploaded, with as few copies as its archive strategy allows.

import { lstatSync, mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { openInRoot, type OpenedPath } from '../../src/archive/open-in-root.ts'
import { packTarGz, type PackOptions } from '../../src/archive/pack-tar-gz.ts'
import { safeParts } from '../../src/archive/safe-dir.ts'
import { unpack } from '../../src/archive/unpack.ts'
import { ArgoError } from '../../src/errors/argo-error.ts'
import { cleanArtifactPath } from '../../src/pod/artifact-path.ts'
import { stagedArtifact } from '../../src/pod/paths.ts'
import type { Artifact } from '../../src/spec/types.ts'
import { openShared, type OutputPlaces } from './output-places.ts'

export interface Staged extends Disposable {
  /** File or folder to upload. */
  readonly path: string
  /** Last part of the object's key when the artifact does not name one. */
  readonly fileName: string
}

export interface StageOptions {
  readonly signal: AbortSignal
  readonly onWarning: (message: string) => void
  /** Removes what main has staged as soon as it is used (REMOVE_LOCAL_ART_PATH); never a file of the user's volumes. */
  readonly removeStaged: boolean
}

/** Throws ERR_NOT_FOUND, with Argo's texts, when main has left nothing. Disposing removes what was made here only. */
export async function stageArtifact(
  artifact: Artifact,
  places: OutputPlaces,
  options: StageOptions,
): Promise<Staged> {
  const path = cleanArtifactPath(artifact.name, artifact.path)
  safeParts(artifact.name)
  const base = basename(path)
  if (places.isBaseLayer(path)) return fromBaseLayer(artifact, path, base, places, options)
  return fromVolume(artifact, path, base, places, options)
}

/** Main hands over a .tar.gz, whatever the strategy: it is uploaded from where it lies unless something else is wanted. */
async function fromBaseLayer(
  artifact: Artifact,
  path: string,
  base: string,
  places: OutputPlaces,
  options: StageOptions,
): Promise<Staged> {
  const archive = stagedArtifact(path, places.varRunArgo)
  const opened = openShared(places.varRunArgo, archive)
  if (opened === undefined) throw missing(`open ${archive}: no such file or directory`)
  const done = (): void => {
    opened[Symbol.dispose]()
    if (options.removeStaged) rmSync(archive, { force: true })
  }
  if (artifact.archive?.none === undefined && artifact.archive?.zip === undefined) {
    return { path: opened.path, fileName: `${artifact.name}.tgz`, [Symbol.dispose]: done }
  }
  const folder = temporaryFolder(artifact, places)
  const dispose = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const plain = join(folder, 'content', base)
    await unpack('tar', opened.path, plain, options).finally(done)
    if (artifact.archive.zip === undefined) return { path: plain, fileName: base, [Symbol.dispose]: dispose }
    const zip = join(folder, `${artifact.name}.zip`)
    await zipTo(plain, zip, { ...options, rootName: base })
    return { path: zip, fileName: basename(zip), [Symbol.dispose]: dispose }
  } catch (error) {
    dispose()
    throw error
  }
}

async function fromVolume(
  artifact: Artifact,
  path: string,
  base: string,
  places: OutputPlaces,
  options: StageOptions,
): Promise<Staged> {
  const source = openInRoot(places.mainFilesystem, path)
  if (source !== undefined && !source.isFile && !source.isDirectory) {
    source[Symbol.dispose]()
    throw new ArgoError(`${path} is not a regular file or directory`, { code: 'ERR_INVALID_INPUT' })
  }
  if (artifact.archive?.none !== undefined) {
    if (source === undefined) throw missing(`${path} no such file or directory`)
    return { path: source.path, fileName: base, [Symbol.dispose]: () => source[Symbol.dispose]() }
  }
  if (source === undefined) throw missing(`stat ${places.mainFilesystem}${path}: no such file or directory`)
  using _source: OpenedPath = source
  const folder = temporaryFolder(artifact, places)
  const dispose = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const isZip = artifact.archive?.zip !== undefined
    const target = join(folder, `${artifact.name}.${isZip ? 'zip' : 'tgz'}`)
    if (isZip) await zipTo(source.path, target, { ...options, rootName: base })
    else await packTarGz(source.path, target, { ...options, ...levelOf(artifact), rootName: base })
    return { path: target, fileName: basename(target), [Symbol.dispose]: dispose }
  } catch (error) {
    dispose()
    throw error
  }
}

function levelOf(artifact: Artifact): Pick<PackOptions, 'level'> {
  const level = artifact.archive?.tar?.compressionLevel
  return level === undefined ? {} : { level }
}

async function zipTo(
  source: string,
  target: string,
  options: StageOptions & { readonly rootName: string },
): Promise<void> {
  const { packZip } = await import('../../src/archive/pack-zip.ts')
  await packZip(source, target, options)
}

/** One folder per artifact, empty. */
function temporaryFolder(artifact: Artifact, places: OutputPlaces): string {
  const folder = join(places.staging, 'artifacts', artifact.name)
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) rmSync(folder, { recursive: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

function missing(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_NOT_FOUND' })
}
