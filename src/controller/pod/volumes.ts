// The volumes of a pod, in the order in which Argo lists them.

import { ArgoError } from '../../errors/argo-error.ts'
import { volumes as names } from '../../pod/names.ts'
import type { Container, ControllerConfig, Template, Volume, VolumeMount } from '../../spec/types.ts'
import type { PodInput } from './pod-input.ts'

export interface ExtraVolumes {
  readonly token: readonly Volume[]
  readonly secrets: readonly Volume[]
}

/** Built in, of the template, of the executor, of the workflow, of the artifacts' Secrets, for inputs, for the script. */
export function podVolumes(input: PodInput, template: Template, extra: ExtraVolumes): readonly Volume[] {
  const own = [
    ...kubeConfigVolumes(input.config),
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

/** The mounts that the user wrote into the template's container or script. */
export function userMounts({ container, script }: Template): readonly VolumeMount[] {
  return (container ?? script)?.volumeMounts ?? []
}

/** How an executor container reaches the kubeconfig that the controller's configuration names. */
export function kubeConfigAccess({
  kubeConfig,
}: ControllerConfig): Required<Pick<Container, 'args' | 'volumeMounts'>> {
  if (kubeConfig === undefined) return { args: [], volumeMounts: [] }
  const mountPath = kubeConfig.mountPath || '/kube/config'
  const subPath = kubeConfig.secretKey
  return {
    args: [`--kubeconfig=${mountPath}`],
    volumeMounts: [
      {
        name: kubeConfig.volumeName || 'kubeconfig',
        readOnly: true,
        mountPath,
        ...(subPath ? { subPath } : {}),
      },
    ],
  }
}

function kubeConfigVolumes({ kubeConfig }: ControllerConfig): readonly Volume[] {
  if (kubeConfig === undefined) return []
  return [
    { name: kubeConfig.volumeName || 'kubeconfig', secret: { secretName: kubeConfig.secretName ?? '' } },
  ]
}

/** A volume of the workflow comes along only when it is mounted, once, in the order of the mounts. */
function referencedVolumes(
  { workflow }: PodInput,
  mounts: readonly VolumeMount[],
  present: readonly Volume[],
): readonly Volume[] {
  const known = new Set(present.map(({ name }) => name))
  return mounts.flatMap(({ name }) => {
    if (known.has(name)) return []
    const volume = workflow.spec.volumes?.find((candidate) => candidate.name === name)
    if (volume === undefined)
      throw new ArgoError(`volume '${name}' not found in workflow spec`, { code: 'ERR_BAD_REQUEST' })
    known.add(name)
    return [volume]
  })
}
