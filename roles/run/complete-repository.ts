// An artifact repository that names no store means the laptop's own.

import type { ArtifactRepository, JsonObject, S3Bucket } from '../../src/spec/types.ts'

type Written = ArtifactRepository | JsonObject | undefined

/**
 * deviates: a cluster refuses a repository that says how keys look, or that logs are kept, but not where. Buckets,
 * regions and credentials of no endpoint are those of nowhere: only the form of the keys counts.
 */
export function completeRepository(written: Written, store: S3Bucket): ArtifactRepository & JsonObject {
  const { s3, ...rest } = (written ?? {}) as JsonObject
  const { endpoint, keyFormat, keyPrefix } = (s3 ?? {}) as Readonly<Record<string, string | undefined>>
  const isElsewhere = Object.keys(rest).some((key) => key !== 'archiveLogs')
  if (isElsewhere || (endpoint ?? '') !== '') return written as ArtifactRepository & JsonObject
  const form = {
    ...(keyFormat === undefined ? {} : { keyFormat }),
    ...(keyPrefix === undefined ? {} : { keyPrefix }),
  }
  return { ...rest, s3: { ...store, ...form } } as ArtifactRepository & JsonObject
}
