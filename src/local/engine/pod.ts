// A pod as the engine reads it, and the status that it writes: the part of Kubernetes' types that a kubelet acts on.

import type { KubeObject, Resource } from '../../kube/api.ts'
import type { CapabilityChanges } from '../box/box-spec.ts'
import type { JsonObject } from '../../spec/types.ts'

export interface Pod extends KubeObject {
  readonly spec: PodSpec
  readonly status?: PodStatus
}

export interface PodSpec {
  readonly volumes?: readonly PodVolume[]
  readonly initContainers?: readonly PodContainer[]
  readonly containers: readonly PodContainer[]
  readonly terminationGracePeriodSeconds?: number
  readonly activeDeadlineSeconds?: number
  readonly automountServiceAccountToken?: boolean
  readonly serviceAccountName?: string
  readonly hostname?: string
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly securityContext?: PodSecurityContext
  readonly hostAliases?: readonly HostAlias[]
}

export interface HostAlias {
  readonly ip: string
  readonly hostnames?: readonly string[]
}

export interface PodSecurityContext {
  readonly runAsUser?: number
  readonly runAsGroup?: number
  readonly fsGroup?: number
  readonly supplementalGroups?: readonly number[]
}

export interface ContainerSecurityContext extends Pick<PodSecurityContext, 'runAsUser' | 'runAsGroup'> {
  readonly readOnlyRootFilesystem?: boolean
  readonly allowPrivilegeEscalation?: boolean
  readonly capabilities?: CapabilityChanges
}

export interface PodContainer {
  readonly name: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly workingDir?: string
  readonly env?: readonly EnvVar[]
  readonly envFrom?: readonly EnvSource[]
  readonly volumeMounts?: readonly PodVolumeMount[]
  readonly securityContext?: ContainerSecurityContext
  readonly terminationMessagePath?: string
  readonly terminationMessagePolicy?: string
  readonly tty?: boolean
  readonly resources?: { readonly limits?: JsonObject; readonly requests?: JsonObject }
}

export interface PodVolumeMount {
  readonly name: string
  readonly mountPath: string
  readonly subPath?: string
  readonly subPathExpr?: string
  readonly readOnly?: boolean
}

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly fieldRef?: FieldRef
    readonly resourceFieldRef?: {
      readonly containerName?: string
      readonly resource: string
      readonly divisor?: string
    }
    readonly configMapKeyRef?: KeyRef
    readonly secretKeyRef?: KeyRef
  }
}

export interface FieldRef {
  readonly fieldPath: string
}

export interface KeyRef {
  readonly name?: string
  readonly key: string
  readonly optional?: boolean
}

export interface EnvSource {
  readonly prefix?: string
  readonly configMapRef?: { readonly name?: string; readonly optional?: boolean }
  readonly secretRef?: { readonly name?: string; readonly optional?: boolean }
}

export interface KeyToPath {
  readonly key: string
  readonly path: string
  readonly mode?: number
}

interface Files {
  readonly items?: readonly KeyToPath[]
  readonly optional?: boolean
}

export interface DownwardItem {
  readonly path: string
  readonly fieldRef?: FieldRef
  readonly mode?: number
}

export interface PodVolume {
  readonly name: string
  readonly emptyDir?: JsonObject
  readonly configMap?: Files & { readonly name?: string; readonly defaultMode?: number }
  readonly secret?: Files & { readonly secretName?: string; readonly defaultMode?: number }
  readonly downwardAPI?: { readonly items?: readonly DownwardItem[]; readonly defaultMode?: number }
  readonly projected?: {
    readonly defaultMode?: number
    readonly sources?: readonly {
      readonly configMap?: Files & { readonly name?: string }
      readonly secret?: Files & { readonly name?: string }
      readonly downwardAPI?: { readonly items?: readonly DownwardItem[] }
      readonly serviceAccountToken?: { readonly path: string }
    }[]
  }
  readonly hostPath?: { readonly path: string; readonly type?: string }
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean }
  readonly [other: string]: unknown
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

export interface PodStatus {
  readonly phase: PodPhase
  readonly reason?: string
  readonly message?: string
  readonly hostIP?: string
  readonly podIP?: string
  readonly podIPs?: readonly { readonly ip: string }[]
  readonly qosClass?: string
  readonly startTime?: string
  readonly conditions?: readonly {
    readonly type: string
    readonly status: string
    readonly reason?: string
    readonly message?: string
  }[]
  readonly initContainerStatuses?: readonly ContainerStatus[]
  readonly containerStatuses?: readonly ContainerStatus[]
}

export interface ContainerStatus {
  readonly name: string
  readonly image: string
  readonly imageID: string
  readonly ready: boolean
  readonly started: boolean
  readonly restartCount: number
  readonly containerID?: string
  readonly state: ContainerState
  readonly lastState: Record<string, never>
}

export type ContainerState =
  | { readonly waiting: { readonly reason: string; readonly message?: string } }
  | { readonly running: { readonly startedAt: string } }
  | { readonly terminated: TerminatedState }

export interface TerminatedState {
  readonly exitCode: number
  readonly signal?: number
  readonly reason: string
  readonly message?: string
  readonly startedAt: string
  readonly finishedAt: string
  readonly containerID?: string
}

export const podResource: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' }
