// The volumes of a pod, in the order in which Argo lists them.

import { ArgoError } from '../../errors/argo-error.ts'
import { volumes as names } from '../../pod/names.ts'
import type { Template, Volume, VolumeMount } from '../../spec/types.ts'
import { kubeConfigAccess } from './kube-config-access.ts'
import type { PodInput } from './pod-input.ts'
import { withSiblings } from './substitute.ts'

export interface ExtraVolumes {
  readonly token: readonly Volume[]
  readonly secrets: readonly Volume[]
}

/** Built in, of the template, of the executor, of the workflow, of the artifacts' Secrets, for inputs, for the script. */
export function podVolumes(input: PodInput, template: Template, extra: ExtraVolumes): readonly Volume[] {
  const own = [
    ...kubeConfigAccess(input.config).volumes,
    { name: names.varRunArgo, emptyDir: {} },
    { name: names.tmpDir, emptyDir: {} },
    ...(template.volumes ?? []),
    ...extra.token,
  ]
  return [
    ...own,
    ...referencedVolumes(input, userMounts(template), own),
    ...extra.secrets,
    ...((template.inputs?.artifacts ?? []).length > 0 ? [{ name: names.inputArtifacts, emptyDir: {} }] : []),
    ...(template.script === undefined ? [] : [{ name: names.staging, emptyDir: {} }]),
  ]
}

/** Names of the volumes that come along because of the user. */
export function userVolumeNames(template: Template): readonly string[] {
  return [...(template.volumes ?? []), ...userMounts(template)].map(({ name }) => name)
}

/** The mounts that the user wrote into the template's container or script. */
export function userMounts({ container, script }: Template): readonly VolumeMount[] {
  return (container ?? script)?.volumeMounts ?? []
}

/** A volume of the workflow comes along only when it is mounted, once, in the order of the mounts. */
function referencedVolumes(
  input: PodInput,
  mounts: readonly VolumeMount[],
  present: readonly Volume[],
): readonly Volume[] {
  const known = new Set(present.map(({ name }) => name))
  return mounts.flatMap(({ name }) => {
    if (known.has(name)) return []
    const volume = input.workflow.spec.volumes?.find((candidate) => candidate.name === name)
    if (volume === undefined) {
      throw new ArgoError(`volume '${name}' not found in workflow spec`, { code: 'ERR_BAD_REQUEST' })
    }
    known.add(name)
    return [withSiblings(input, volume)]
  })
}
