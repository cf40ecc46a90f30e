// Loads one input artifact to where main will find it.

import { lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { hasLocationOrKey, refuseOtherStores, relocate } from '../../artifacts/location.ts'
import type { DriverSource } from '../../artifacts/registry.ts'
import { openInRoot } from '../../src/archive/open-in-root.ts'
import { safeParts } from '../../src/archive/safe-dir.ts'
import { freshSibling } from '../../src/archive/unpack.ts'
import { ArgoError, errorMessage, hasCode, type ErrorCode } from '../../src/errors/argo-error.ts'
import type { Logger } from '../../src/log/logger.ts'
import { cleanArtifactPath, cleanPath } from '../../src/pod/artifact-path.ts'
import type { Layout } from '../../src/pod/layout.ts'
import { userMountOf } from '../../src/pod/main-paths.ts'
import type { Artifact, Template } from '../../src/spec/types.ts'
import { unpackInput } from './unpack-input.ts'

export interface LoadContext {
  readonly template: Template
  readonly layout: Layout
  readonly drivers: DriverSource
  readonly signal: AbortSignal
  readonly log: Logger
}

/** Texts of errors as in the spec (executor 2). An optional input that is not there is skipped. */
export async function loadArtifact(artifact: Artifact, context: LoadContext): Promise<void> {
  const { name } = artifact
  refuseOtherStores(artifact)
  if (!hasLocationOrKey(artifact)) {
    if (artifact.optional) return
    throw new ArgoError(`required artifact '${name}' not supplied`, { code: 'ERR_NOT_FOUND' })
  }
  const place = placeOf(artifact, context)
  const located = locate(artifact, context.template)
  const destination = place.isMount ? freshSibling(join(place.path, '.argo-input'), '') : place.path
  const downloaded = freshSibling(destination, '.tmp')
  const started = performance.now()
  try {
    const driver = await context.drivers.driverFor(located)
    await driver.load(located, downloaded, { signal: context.signal })
    await unpackInput(artifact, downloaded, destination, context)
    if (place.isMount) fillMount(destination, place.path)
  } catch (error) {
    if (artifact.optional && hasCode(error, 'ERR_NOT_FOUND')) {
      context.log.warn('optional artifact is not there, skipped', { artifact: name })
      return
    }
    throw failed(`artifact ${name} failed to load: ${errorMessage(error)}`, error)
  } finally {
    rmSync(downloaded, { recursive: true, force: true })
    if (place.isMount) rmSync(destination, { recursive: true, force: true })
  }
  context.log.info('loaded artifact', {
    artifact: name,
    path: place.path,
    ms: Math.round(performance.now() - started),
  })
}

interface Place {
  readonly path: string
  /** Whether this is where a volume is mounted: it can be filled, but nothing can be renamed to it. */
  readonly isMount: boolean
}

/** Where an input goes: the volume that becomes its mount in main, or into a volume that the user has mounted there. */
function placeOf(artifact: Artifact, { template, layout }: LoadContext): Place {
  const path = cleanArtifactPath(artifact.name, artifact.path)
  const mount = userMountOf(template, path)
  if (mount === undefined) {
    const [name] = safeParts(artifact.name)
    const destination = join(layout.inputArtifacts, name ?? '')
    mkdirSync(layout.inputArtifacts, { recursive: true })
    // A restarted init begins again; this volume is ours.
    rmSync(destination, { recursive: true, force: true })
    return { path: destination, isMount: false }
  }
  if (path === cleanPath(mount.mountPath)) return { path: join(layout.mainFilesystem, path), isMount: true }
  return { path: join(parentInVolume(layout.mainFilesystem, dirname(path)), basename(path)), isMount: false }
}

// deviates: Argo fails here, since nothing can be renamed to a mount.
/** An input at the very path of a volume becomes the content of that volume. */
function fillMount(loaded: string, mount: string): void {
  if (!lstatSync(loaded).isDirectory()) {
    throw new ArgoError(`a volume is mounted at ${mount}, and the artifact is a file: give it a path below`, {
      code: 'ERR_INVALID_INPUT',
    })
  }
  for (const child of readdirSync(loaded)) renameSync(join(loaded, child), join(mount, child))
}

/** The real folder of a path in the user's volumes, with links followed as main would, and made when missing. */
function parentInVolume(root: string, folder: string): string {
  const missing: string[] = []
  for (let path = folder; ; path = dirname(path)) {
    using opened = openInRoot(root, path)
    if (opened === undefined && path !== '/') {
      missing.unshift(basename(path))
      continue
    }
    if (opened?.isDirectory !== true) {
      throw new ArgoError(`${path} in main's volumes is no folder`, { code: 'ERR_UNSAFE_PATH' })
    }
    return makeBelow(readlinkSync(`/proc/self/fd/${opened.descriptor}`), missing)
  }
}

function makeBelow(parent: string, names: readonly string[]): string {
  const path = join(parent, ...names)
  // deviates: Argo makes them 0700, which keeps out a main that runs as another user.
  if (names.length > 0) mkdirSync(path, { recursive: true, mode: 0o755 })
  return path
}

function locate(artifact: Artifact, template: Template): Artifact {
  try {
    return relocate(artifact, template.archiveLocation)
  } catch (error) {
    throw failed(`failed to load artifact '${artifact.name}': ${errorMessage(error)}`, error)
  }
}

function failed(message: string, cause: unknown): ArgoError {
  const code: ErrorCode = hasCode(cause, 'ERR_NOT_FOUND') ? 'ERR_NOT_FOUND' : 'ERR_INTERNAL'
  return new ArgoError(message, { code, cause })
}
