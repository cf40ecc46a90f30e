// A Kubernetes pod as the controller builds it and reads it back: the fields it looks at, everything else passed on.

import type { KubeObject } from '../../kube/api.ts'
import type { Container, JsonObject, ObjectMeta, Volume } from '../../spec/types.ts'

export interface Pod extends KubeObject {
  readonly kind: 'Pod'
  readonly apiVersion: 'v1'
  readonly metadata: ObjectMeta
  readonly spec: PodSpec
  readonly status?: PodStatus
}

/** In the order of Kubernetes' own type, which is the order on the wire. */
export interface PodSpec {
  readonly volumes?: readonly Volume[]
  readonly initContainers?: readonly Container[]
  readonly containers: readonly Container[]
  readonly restartPolicy?: string
  readonly terminationGracePeriodSeconds?: number
  readonly activeDeadlineSeconds?: number
  readonly dnsPolicy?: string
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly serviceAccountName?: string
  readonly automountServiceAccountToken?: boolean
  readonly nodeName?: string
  readonly hostNetwork?: boolean
  readonly securityContext?: JsonObject
  readonly imagePullSecrets?: readonly JsonObject[]
  readonly affinity?: JsonObject
  readonly schedulerName?: string
  readonly tolerations?: readonly JsonObject[]
  readonly hostAliases?: readonly JsonObject[]
  readonly priorityClassName?: string
  readonly dnsConfig?: JsonObject
}

export interface PodStatus {
  readonly phase?: string
  readonly message?: string
  readonly reason?: string
  readonly podIP?: string
  readonly startTime?: string
  readonly conditions?: readonly PodCondition[]
  readonly initContainerStatuses?: readonly ContainerStatus[]
  readonly containerStatuses?: readonly ContainerStatus[]
}

export interface PodCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

export interface ContainerStatus {
  readonly name: string
  readonly ready?: boolean
  readonly state?: ContainerState
}

/** At most one of the three is set; an empty object is a container about which nothing is known yet. */
export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string }
  readonly running?: { readonly startedAt?: string }
  readonly terminated?: TerminatedState
}

export interface TerminatedState {
  readonly exitCode: number
  readonly signal?: number
  readonly reason?: string
  readonly message?: string
  readonly startedAt?: string
  readonly finishedAt?: string
}

export interface ConfigMap extends KubeObject {
  readonly kind: 'ConfigMap'
  readonly apiVersion: 'v1'
  readonly data: Readonly<Record<string, string>>
}
