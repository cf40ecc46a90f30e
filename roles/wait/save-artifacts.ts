// Uploads the output artifacts, several at a time; one that fails does not lose the others.

import { statSync } from 'node:fs'
import { posix } from 'node:path'
import { keyOf, refuseOtherStores, relocate, withKey } from '../../artifacts/location.ts'
import type { DriverSource } from '../../artifacts/registry.ts'
import { ArgoError, errorMessage, hasCode } from '../../src/errors/argo-error.ts'
import type { Logger } from '../../src/log/logger.ts'
import { cleanArtifactPath } from '../../src/pod/artifact-path.ts'
import type { Artifact, ArtifactLocation } from '../../src/spec/types.ts'
import { mapLimit } from '../../src/util/limit.ts'
import type { OutputPlaces } from './output-places.ts'
import { stageArtifact } from './stage-artifact.ts'

export interface SaveContext {
  readonly archiveLocation: ArtifactLocation | undefined
  readonly places: OutputPlaces
  readonly drivers: DriverSource
  readonly removeStaged: boolean
  readonly signal: AbortSignal
  readonly log: Logger
}

export interface SavedArtifacts {
  /** In the order of the template: as they are reported, with the key of each. */
  readonly artifacts: readonly Artifact[]
  /** What failed, if anything did; several artifacts are in one error, `E1; E2; `, as Argo words it. */
  readonly error: unknown
}

const limit = 4

export async function saveArtifacts(
  artifacts: readonly Artifact[],
  context: SaveContext,
): Promise<SavedArtifacts> {
  const problems: string[] = []
  const saved = await mapLimit(artifacts, { limit }, async (artifact) => {
    try {
      return await saveArtifact(artifact, context)
    } catch (error) {
      if (artifact.optional && hasCode(error, 'ERR_NOT_FOUND')) {
        context.log.warn('optional artifact was not written, skipped', {
          artifact: artifact.name,
          reason: errorMessage(error),
        })
      } else {
        context.log.error('output artifact failed', { artifact: artifact.name, error: errorMessage(error) })
        problems.push(errorMessage(error))
      }
      return undefined
    }
  })
  const error =
    problems.length === 0
      ? undefined
      : new ArgoError(problems.map((text) => `${text}; `).join(''), { code: 'ERR_INTERNAL' })
  return { artifacts: saved.filter((artifact) => artifact !== undefined), error }
}

async function saveArtifact(artifact: Artifact, context: SaveContext): Promise<Artifact> {
  const { signal, log, removeStaged } = context
  const onWarning = (message: string): void => log.warn(message, { artifact: artifact.name })
  using staged = await stageArtifact(artifact, context.places, { signal, onWarning, removeStaged })
  if (statSync(staged.path).size === 0) log.warn('the output artifact is empty', { artifact: artifact.name })
  // Awaited here: what was staged is removed when this returns.
  const path = cleanArtifactPath(artifact.name, artifact.path)
  return await upload({ ...artifact, path }, staged.path, staged.fileName, context)
}

/** Uploads `path`; returns the artifact as it is reported. Without a key of its own it goes below the archive location. */
export async function upload(
  artifact: Artifact,
  path: string,
  fileName: string,
  context: SaveContext,
): Promise<Artifact> {
  refuseOtherStores(artifact)
  const started = performance.now()
  const reported =
    keyOf(artifact) === undefined ? withArchiveKey(artifact, fileName, context.archiveLocation) : artifact
  const located = relocate(reported, context.archiveLocation)
  const driver = await context.drivers.driverFor(located)
  await driver.save(located, path, { signal: context.signal })
  context.log.info('saved artifact', {
    artifact: artifact.name,
    key: keyOf(reported),
    ms: Math.round(performance.now() - started),
  })
  return reported
}

/** Type and key only: where the store is and with which secrets is the controller's business. A URL is all in one. */
function withArchiveKey(
  artifact: Artifact,
  fileName: string,
  location: ArtifactLocation | undefined,
): Artifact {
  const key = location === undefined ? undefined : keyOf(location)
  if (location === undefined || key === undefined) {
    throw new ArgoError(
      'artifact storage is not configured; see the docs for setup instructions: ' +
        'https://argo-workflows.readthedocs.io/en/latest/configure-artifact-repository/',
      { code: 'ERR_BAD_REQUEST' },
    )
  }
  const place =
    location.http === undefined || location.s3 !== undefined ? { s3: {} } : { http: location.http }
  return withKey({ ...artifact, ...place }, posix.join(key, fileName))
}
