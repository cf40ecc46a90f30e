// The pod in the form in which Kubernetes' own encoder sends it: fields in order, empty ones left out.

import { encodeStruct } from '../../spec/encode.ts'
import type { StructName } from '../../spec/schema/struct.ts'
import type { PodSpec } from './pod-types.ts'

type Fields = Readonly<Record<string, unknown>>

/** Types of the fields that are more than a text, a number or a map; users write into all of them. */
const structs: Readonly<Partial<Record<keyof PodSpec, StructName>>> = {
  volumes: 'Volume',
  initContainers: 'Container',
  containers: 'Container',
  securityContext: 'PodSecurityContext',
  imagePullSecrets: 'LocalObjectReference',
  affinity: 'Affinity',
  tolerations: 'Toleration',
  hostAliases: 'HostAlias',
  dnsConfig: 'PodDNSConfig',
}

const order: readonly (keyof PodSpec)[] = [
  'volumes',
  'initContainers',
  'containers',
  'restartPolicy',
  'activeDeadlineSeconds',
  'dnsPolicy',
  'nodeSelector',
  'serviceAccountName',
  'automountServiceAccountToken',
  'hostNetwork',
  'securityContext',
  'imagePullSecrets',
  'affinity',
  'schedulerName',
  'tolerations',
  'hostAliases',
  'priorityClassName',
  'dnsConfig',
]

/** `readOnly: false` or an empty list of a user's manifest would otherwise be a field that Argo does not send. */
export function asSent(spec: PodSpec): PodSpec {
  const entries = order.flatMap((key) => {
    const value = spec[key]
    return value === undefined ? [] : [[key, encoded(value, structs[key])] as const]
  })
  return Object.fromEntries(entries) as unknown as PodSpec
}

function encoded(value: unknown, type: StructName | undefined): unknown {
  if (type === undefined) return value
  if (Array.isArray(value)) return value.map((item) => encoded(item, type))
  return JSON.parse(encodeStruct(type, value as Fields))
}
