// What is too large for a variable or an argument of a process goes into a ConfigMap beside the pod.

import { goJson } from '../../expression/go-json.ts'
import { annotations, env, labels, offloaded, volumes } from '../../pod/names.ts'
import { offloadDir } from '../../pod/paths.ts'
import type { Container } from '../../spec/types.ts'
import { variable, withTemplate } from './env.ts'
import { namespaceOf, ownedBy } from './pod-metadata.ts'
import type { PodInput } from './pod-input.ts'
import type { ConfigMap, PodSpec } from './pod-types.ts'

/** Linux takes 128 KiB for one string of argv or environment, its name and its end included. */
const limitBytes = 131_072
/**
 * deviates: Argo looks at the value alone and lets pass what the kernel then refuses.
 */
const templateLimitBytes = limitBytes - `${env.template}=`.length - 1

export interface Offloaded {
  readonly spec: PodSpec
  readonly configMap?: ConfigMap
}

/** ARGO_TEMPLATE, and the arguments of the user's container (spec executor 1.10). */
export function offload(input: PodInput, spec: PodSpec, userContainer: string): Offloaded {
  const template = spec.initContainers
    ?.flatMap(templateValue)
    .find((value) => bytes(value) > templateLimitBytes)
  const large = spec.containers.find(
    ({ name, args }) => name === userContainer && bytes(goJson(args ?? [])) > limitBytes,
  )
  if (template === undefined && large === undefined) return { spec }
  const data = {
    ...(template === undefined ? {} : { [env.template]: template }),
    ...(large === undefined ? {} : { [env.containerArgsFile]: goJson(large.args) }),
  }
  const inits = spec.initContainers?.map((container) =>
    mounted(template === undefined ? container : withTemplate(container, offloaded)),
  )
  return {
    spec: {
      ...spec,
      volumes: [...(spec.volumes ?? []), { name: volumes.envConfig, configMap: { name: input.podName } }],
      ...(inits === undefined ? {} : { initContainers: inits }),
      containers: spec.containers.map((container) =>
        mounted(container === large ? withoutArguments(container) : container),
      ),
    },
    configMap: configMapOf(input, data),
  }
}

function configMapOf(input: PodInput, data: Readonly<Record<string, string>>): ConfigMap {
  const { workflow, podName, nodeName, nodeId } = input
  return {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: {
      name: podName,
      ...namespaceOf(workflow),
      labels: { [labels.workflow]: workflow.metadata.name ?? '' },
      annotations: { [annotations.nodeId]: nodeId, [annotations.nodeName]: nodeName },
      ownerReferences: ownedBy(workflow),
    },
    data,
  }
}

function mounted(container: Container): Container {
  const mount = { name: volumes.envConfig, mountPath: offloadDir }
  return { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] }
}

function withoutArguments({ args: _args, ...container }: Container): Container {
  const file = variable(env.containerArgsFile, `${offloadDir}/${env.containerArgsFile}`)
  return { ...container, env: [...(container.env ?? []), file] }
}

function templateValue(container: Container): readonly string[] {
  return (container.env ?? []).flatMap(({ name, value }) =>
    name === env.template && typeof value === 'string' ? [value] : [],
  )
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length
}
