// Where the artifacts and logs of a node go when they do not say so themselves: the archive location that is written
// into its template.

import { cleanPath } from '../../pod/artifact-path.ts'
import { hasLocation } from '../../spec/artifact-location.ts'
import type { ArtifactLocation, ArtifactRepository, Template } from '../../spec/types.ts'
import type { PodInput } from './pod-input.ts'

const defaultKeyFormat = '{{workflow.name}}/{{pod.name}}'

/** The template with its archive location filled in where something needs one (spec executor 1.11). */
export function withArchiveLocation(input: PodInput): Template {
  const { template, workflow, artifactRepository = {} } = input
  if (hasLocation(template.archiveLocation ?? {})) return template
  const archiveLogs =
    artifactRepository.archiveLogs ||
    (template.archiveLocation?.archiveLogs ?? workflow.spec.archiveLogs ?? false)
  const artifacts = [...(template.inputs?.artifacts ?? []), ...(template.outputs?.artifacts ?? [])]
  if (!archiveLogs && artifacts.every(hasLocation)) return template
  return { ...template, archiveLocation: { archiveLogs, ...repositoryLocation(artifactRepository) } }
}

function repositoryLocation(repository: ArtifactRepository): ArtifactLocation {
  if (repository.s3 === undefined) return {}
  const { keyFormat, keyPrefix, ...bucket } = repository.s3
  const key = keyFormat || (keyPrefix ? cleanPath(`${keyPrefix}/${defaultKeyFormat}`) : defaultKeyFormat)
  return { s3: { ...bucket, key } }
}
