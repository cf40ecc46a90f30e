// Builds the pod of a node for a test and finds its parts.

import { buildPod, type BuiltPod } from '../../src/controller/pod/build-pod.ts'
import type { Container, S3Bucket, Template, VolumeMount } from '../../src/spec/types.ts'
import { podInput, type PodInputParts } from './pod-input.ts'

export const bucket: S3Bucket = {
  endpoint: 's3:9000',
  bucket: 'b',
  accessKeySecret: { name: 'cred', key: 'access' },
  secretKeySecret: { name: 'cred', key: 'secret' },
}

export function build(parts: PodInputParts = {}): BuiltPod {
  const built = buildPod(podInput(parts))
  if (built === undefined) throw new Error('no pod was built')
  return built
}

export function named({ pod }: BuiltPod, name: string): Container {
  const found = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((one) => one.name === name)
  if (found === undefined) throw new Error(`the pod has no container ${name}`)
  return found
}

export function mounts(built: BuiltPod, name: string): readonly string[] {
  return (named(built, name).volumeMounts ?? []).map(
    ({ name: volume, mountPath, subPath, readOnly }: VolumeMount) =>
      `${volume} ${mountPath}${subPath === undefined ? '' : ` ${subPath}`}${readOnly ? ' ro' : ''}`,
  )
}

export function variables(built: BuiltPod, name: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (named(built, name).env ?? []).map((entry) => [entry['name'] as string, entry['value']]),
  )
}

export function template(built: BuiltPod): Template {
  return JSON.parse(String(variables(built, 'init')['ARGO_TEMPLATE'])) as Template
}

export function volumeNames({ pod }: BuiltPod): readonly string[] {
  return (pod.spec.volumes ?? []).map(({ name }) => name)
}
