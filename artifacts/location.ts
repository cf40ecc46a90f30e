// Where an artifact lies: which store it names, whether that is complete, and how it takes the rest from the
// archive location (spec executor 2, 4.6 and 6).

import { ArgoError } from '../src/errors/argo-error.ts'
import type { Artifact, ArtifactLocation } from '../src/spec/types.ts'
import type { DriverName } from './driver.ts'

/** Argo's order of choice; the first one present wins. */
export function driverNameOf(location: ArtifactLocation): DriverName | undefined {
  if (location.s3 !== undefined) return 's3'
  if (location.http !== undefined) return 'http'
  if (location.raw !== undefined) return 'raw'
  return undefined
}

export function hasLocation(location: ArtifactLocation): boolean {
  const { s3, http, raw } = location
  if (s3 !== undefined) return Boolean(s3.endpoint) && Boolean(s3.bucket) && Boolean(s3.key)
  if (http !== undefined) return Boolean(http.url)
  return raw !== undefined
}

/** The key within the store: the object key, or the URL; undefined when the location has none. */
export function keyOf(location: ArtifactLocation): string | undefined {
  return location.s3?.key || location.http?.url || undefined
}

export function hasLocationOrKey(location: ArtifactLocation): boolean {
  return hasLocation(location) || Boolean(location.s3?.key)
}

/** A copy of `location` with another key. Throws ERR_BAD_REQUEST for stores without keys. */
export function withKey<T extends ArtifactLocation>(location: T, key: string): T {
  if (location.s3 !== undefined) return { ...location, s3: { ...location.s3, key } }
  if (location.http !== undefined) return { ...location, http: { ...location.http, url: key } }
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
  if (key === undefined) throw new ArgoError('key unsupported: cannot get key for artifact location', { code: 'ERR_BAD_REQUEST' })
  const { s3: _s3, http: _http, raw: _raw, ...rest } = artifact
  const { archiveLogs: _logs, ...place } = archiveLocation
  return withKey({ ...rest, ...place }, key)
}
