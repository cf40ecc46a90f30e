// Whether an artifact says where it lies: asked by the controller before a pod is built and by the executor inside it.

import type { ArtifactLocation } from './types.ts'

/** Whether the location names its object completely, so that nothing has to come from an archive location. */
export function hasLocation(location: ArtifactLocation): boolean {
  const { s3, http, raw } = location
  if (s3 !== undefined) return Boolean(s3.endpoint) && Boolean(s3.bucket) && Boolean(s3.key)
  if (http !== undefined) return Boolean(http.url)
  return raw !== undefined
}

export function hasLocationOrKey(location: ArtifactLocation): boolean {
  return hasLocation(location) || Boolean(location.s3?.key)
}
