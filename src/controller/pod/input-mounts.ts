// How input artifacts reach the command: init writes them into one volume, and main sees each one at its own path.

import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import { cleanArtifactPath } from '../../pod/artifact-path.ts'
import { userMountOf } from '../../pod/main-paths.ts'
import { volumes } from '../../pod/names.ts'
import { inputArtifactsDir } from '../../pod/paths.ts'
import { hasLocationOrKey } from '../../spec/artifact-location.ts'
import type { Template, VolumeMount } from '../../spec/types.ts'
import { mirrored } from './mirrors.ts'
import { userMounts } from './volumes.ts'

/** For init: the volume as a whole, and the user's volumes since an artifact may belong into one of them. */
export function initInputMounts(template: Template): readonly VolumeMount[] {
  if (!hasInputs(template)) return []
  return [{ name: volumes.inputArtifacts, mountPath: inputArtifactsDir }, ...mirrored(userMounts(template))]
}

/** For main: one mount per artifact; not for one that was not given, nor for one that lies in a user's volume. */
export function mainInputMounts(template: Template): readonly VolumeMount[] {
  return (template.inputs?.artifacts ?? []).flatMap((artifact) => {
    const mountPath = artifactPath(artifact.name, artifact.path)
    if (artifact.optional && !hasLocationOrKey(artifact)) return []
    if (userMountOf(template, mountPath) !== undefined) return []
    return [{ name: volumes.inputArtifacts, mountPath, subPath: artifact.name }]
  })
}

function hasInputs(template: Template): boolean {
  return (template.inputs?.artifacts ?? []).length > 0
}

function artifactPath(name: string, path: string | undefined): string {
  try {
    return cleanArtifactPath(name, path)
  } catch (error) {
    const message = `error in inputs.artifacts.${name}: ${errorMessage(error)}`
    throw new ArgoError(message, { code: 'ERR_INTERNAL', cause: error })
  }
}
