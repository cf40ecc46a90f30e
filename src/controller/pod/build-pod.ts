// Builds the pod of a container or script node, field by field as Argo's controller does it.

import { containers as names, volumes as volumeNames } from '../../pod/names.ts'
import { stagingDir } from '../../pod/paths.ts'
import { encodeTemplate } from '../../spec/encode.ts'
import type { Container, Template, VolumeMount } from '../../spec/types.ts'
import { withArchiveLocation } from './archive-location.ts'
import { asSent } from './as-sent.ts'
import { artifactSecrets } from './artifact-secrets.ts'
import { podTime } from './deadline.ts'
import { withStandardEnv, withTemplate } from './env.ts'
import { initContainer, waitContainer } from './executor-container.ts'
import { initInputMounts, mainInputMounts } from './input-mounts.ts'
import { mainContainer } from './main-container.ts'
import { writableMirror } from './mirrors.ts'
import { offload } from './offload.ts'
import { podMetadata, withPodMetadata } from './pod-metadata.ts'
import type { PodInput } from './pod-input.ts'
import type { ConfigMap, Pod, PodSpec } from './pod-types.ts'
import { schedulingFields } from './scheduling.ts'
import { serviceAccount } from './service-account.ts'
import { substitute, verifyArchiveLocation } from './substitute.ts'
import { podVolumes, userVolumeNames } from './volumes.ts'
import { sharedMount, withSharedMounts, wrapCommand } from './wrap-command.ts'

export interface BuiltPod {
  readonly pod: Pod
  /** To be created before the pod (AlreadyExists is success): what is too large for the pod itself. */
  readonly configMap?: ConfigMap
}

/**
 * Pure. Undefined when the workflow's deadline leaves no time: then no pod is to be made. Throws ArgoError with Argo's
 * texts: no command for an image, a volume that does not exist, no service account for the executor, an artifact path
 * that leads out, an archive location with an unresolved tag.
 */
export function buildPod(input: PodInput): BuiltPod | undefined {
  const time = podTime(input)
  if (time.over) return undefined

  // 1. The template as the executor gets it.
  const template = withPodMetadata(withArchiveLocation(input), input.workflow)
  const sent = substitute(input, template)
  verifyArchiveLocation(sent)

  // 2. Containers, each with its mounts; the order of the list is the order in which they start.
  const account = serviceAccount(input)
  const secrets = artifactSecrets(template, userVolumeNames(template))
  const main = withMounts(mainContainer(template, input.config), [
    ...mainInputMounts(template),
    ...staging(template),
  ])
  const token = account.tokenMounts
  const init = initContainer(input, {
    token,
    others: [...secrets.mounts, ...initInputMounts(template), ...staging(template)],
  })
  const wait = waitContainer(input, {
    token,
    others: [...secrets.mounts, ...writableMirror(main.volumeMounts ?? [])],
  })

  // 3. The pod around them; then the tags that came in from outside of the template.
  const spec: PodSpec = {
    volumes: podVolumes(input, template, { token: account.tokenVolumes, secrets: secrets.volumes }),
    initContainers: [init],
    containers: [wait, withStandardEnv(input, main)],
    restartPolicy: 'Never',
    ...(time.seconds === undefined ? {} : { activeDeadlineSeconds: time.seconds }),
    ...account.spec,
    ...schedulingFields(input),
  }
  const metadata = podMetadata(input, [names.wait, names.main])
  const pod = substitute(input, { kind: 'Pod' as const, apiVersion: 'v1' as const, metadata, spec })

  // 4. The executor in front of the user's command, and what does not fit goes into a ConfigMap.
  const finished = offload(
    input,
    finish(input, pod.spec, encodeTemplate(withoutParameters(sent))),
    names.main,
  )
  return {
    pod: { ...pod, spec: asSent(finished.spec), status: {} },
    ...(finished.configMap === undefined ? {} : { configMap: finished.configMap }),
  }
}

/** Where the source of a script waits: init writes it, main runs it. */
function staging({ script }: Template): readonly VolumeMount[] {
  return script === undefined ? [] : [{ name: volumeNames.staging, mountPath: stagingDir }]
}

function withMounts(container: Container, mounts: readonly VolumeMount[]): Container {
  return { ...container, volumeMounts: [...(container.volumeMounts ?? []), ...mounts] }
}

/** The template is put in only now: its text is JSON within JSON, and was substituted as an object before. */
function finish(input: PodInput, spec: PodSpec, template: string): PodSpec {
  const inits = (spec.initContainers ?? []).map((init) =>
    withMounts(withTemplate(init, template), [sharedMount]),
  )
  const containers = spec.containers.map((container, index) =>
    withSharedMounts(input, container.name === names.wait ? container : wrapCommand(input, container), index),
  )
  return { ...spec, initContainers: inits, containers }
}

/** Parameters are substituted by now; they would only take room (spec executor 1.8). */
function withoutParameters(template: Template): Template {
  const { parameters: _parameters, ...inputs } = template.inputs ?? {}
  return { ...template, inputs }
}
