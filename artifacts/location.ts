// Where an artifact lies: which store it names, whether that is complete, and how it takes the rest from the
// archive location (spec executor 2, 4.6 and 6).

import { ArgoError } from '../src/errors/argo-error.ts'
import { hasLocation } from '../src/spec/artifact-location.ts'
import type { Artifact, ArtifactLocation } from '../src/spec/types.ts'
import type { DriverName } from './driver.ts'

export { hasLocationOrKey } from '../src/spec/artifact-location.ts'

/** Argo's order of choice; the first one present wins. */
export function driverNameOf(location: ArtifactLocation): DriverName | undefined {
  if (location.s3 !== undefined) return 's3'
  if (location.http !== undefined) return 'http'
  if (location.raw !== undefined) return 'raw'
  return undefined
}

/** Stores of Argo that have no driver here. Our controller refuses them; a pod of another controller may name one. */
const otherStores = ['git', 'artifactory', 'hdfs', 'oss', 'gcs', 'azure', 'plugin'] as const

/** Throws ERR_NOT_IMPLEMENTED by name, before the artifact is taken for one without a location. */
export function refuseOtherStores(artifact: Artifact): void {
  const store = otherStores.find((name) => Object.hasOwn(artifact, name))
  if (store === undefined) return
  const message = `artifact ${artifact.name}: this executor has no driver for ${store}; it has s3, http and raw`
  throw new ArgoError(message, { code: 'ERR_NOT_IMPLEMENTED' })
}

/** The key within the store: the object key, or the path of the URL; undefined when the location has none. */
export function keyOf(location: ArtifactLocation): string | undefined {
  return location.s3?.key || urlOf(location)?.pathname || undefined
}

/** A copy of `location` with another key. Throws ERR_BAD_REQUEST for stores without keys. */
export function withKey<T extends ArtifactLocation>(location: T, key: string): T {
  if (location.s3 !== undefined) return { ...location, s3: { ...location.s3, key } }
  if (location.http !== undefined) {
    const url = urlOf(location)
    if (url === undefined)
      throw new ArgoError(`set the key ${key}: the location has no URL`, { code: 'ERR_BAD_REQUEST' })
    url.pathname = key
    return { ...location, http: { ...location.http, url: url.href } }
  }
  throw new ArgoError(`set the key ${key}: this store has no keys`, { code: 'ERR_BAD_REQUEST' })
}

/**
 * The artifact with everything the store needs: itself when its location is complete, else its own key with all other
 * fields of the archive location.
 */
export function relocate(artifact: Artifact, archiveLocation: ArtifactLocation | undefined): Artifact {
  if (hasLocation(artifact)) return artifact
  if (archiveLocation === undefined || driverNameOf(archiveLocation) === undefined) {
    throw new ArgoError('template artifact location not set', { code: 'ERR_BAD_REQUEST' })
  }
  const key = keyOf(artifact)
  if (key === undefined)
    throw new ArgoError('key unsupported: cannot get key for artifact location', { code: 'ERR_BAD_REQUEST' })
  const { s3: _s3, http: _http, raw: _raw, ...rest } = artifact
  const { archiveLogs: _logs, ...place } = archiveLocation
  return withKey({ ...rest, ...place }, key)
}

function urlOf(location: ArtifactLocation): URL | undefined {
  return URL.parse(location.http?.url ?? '') ?? undefined
}
