// The Workflow API of argoproj.io/v1alpha1 as decoded values: the shapes that controller, executor and laptop share.
// Pure types: decoding and its rules (numbers that become text, keys in other case) live beside them.

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }
export type JsonObject = { readonly [key: string]: Json | undefined }

export interface ObjectMeta {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface Workflow {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly spec: WorkflowSpec
  readonly status?: WorkflowStatus
}

export interface WorkflowSpec {
  readonly templates?: readonly Template[]
  readonly entrypoint?: string
  readonly arguments?: Arguments
  readonly onExit?: string
  readonly shutdown?: 'Stop' | 'Terminate' | ''
  readonly activeDeadlineSeconds?: number
  readonly volumes?: readonly Volume[]
  readonly archiveLogs?: boolean
  readonly artifactRepositoryRef?: ArtifactRepositoryRef
  readonly podMetadata?: Metadata
  readonly serviceAccountName?: string
  readonly automountServiceAccountToken?: boolean
  readonly executor?: { readonly serviceAccountName?: string }
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly affinity?: JsonObject
  readonly tolerations?: readonly JsonObject[]
  readonly schedulerName?: string
  readonly podPriorityClassName?: string
  readonly hostNetwork?: boolean
  readonly dnsPolicy?: string
  readonly dnsConfig?: JsonObject
  readonly hostAliases?: readonly JsonObject[]
  readonly imagePullSecrets?: readonly JsonObject[]
  readonly securityContext?: JsonObject
}

export interface Metadata {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface Arguments {
  readonly parameters?: readonly Parameter[]
  readonly artifacts?: readonly Artifact[]
}

export type Inputs = Arguments

export interface Outputs extends Arguments {
  readonly result?: string
  readonly exitCode?: string
}

export interface Parameter {
  readonly name: string
  readonly default?: string
  readonly value?: string
  readonly valueFrom?: ValueFrom
  readonly globalName?: string
  readonly enum?: readonly string[]
  readonly description?: string
}

export interface ValueFrom {
  readonly path?: string
  readonly parameter?: string
  readonly configMapKeyRef?: KeySelector
  readonly default?: string
}

/** A key of a ConfigMap or of a Secret. */
export interface KeySelector {
  readonly name?: string
  readonly key: string
  readonly optional?: boolean
}

export interface ArtifactLocation {
  readonly archiveLogs?: boolean
  readonly s3?: S3Artifact
  readonly http?: HttpArtifact
  readonly raw?: RawArtifact
}

export interface Artifact extends ArtifactLocation {
  readonly name: string
  readonly path?: string
  /** Octal permission bits as a number, e.g. 493 for 0755. */
  readonly mode?: number
  readonly recurseMode?: boolean
  readonly from?: string
  readonly subPath?: string
  readonly optional?: boolean
  readonly globalName?: string
  readonly archive?: ArchiveStrategy
}

export interface ArchiveStrategy {
  readonly tar?: { readonly compressionLevel?: number }
  readonly none?: Record<string, never>
  readonly zip?: Record<string, never>
}

export interface S3Bucket {
  readonly endpoint?: string
  readonly bucket?: string
  readonly region?: string
  readonly insecure?: boolean
  readonly accessKeySecret?: KeySelector
  readonly secretKeySecret?: KeySelector
  readonly sessionTokenSecret?: KeySelector
  readonly roleARN?: string
  readonly useSDKCreds?: boolean
  readonly createBucketIfNotPresent?: { readonly objectLocking?: boolean }
  readonly encryptionOptions?: {
    readonly kmsKeyId?: string
    readonly kmsEncryptionContext?: string
    readonly enableEncryption?: boolean
    readonly serverSideCustomerKeySecret?: KeySelector
  }
  readonly caSecret?: KeySelector
  readonly addressingStyle?: string
}

export interface S3Artifact extends S3Bucket {
  readonly key?: string
}

export interface HttpArtifact {
  readonly url?: string
  readonly headers?: readonly { readonly name: string; readonly value: string }[]
  readonly auth?: {
    readonly clientCert?: { readonly clientCertSecret?: KeySelector; readonly clientKeySecret?: KeySelector }
    readonly oauth2?: JsonObject
    readonly basicAuth?: { readonly usernameSecret?: KeySelector; readonly passwordSecret?: KeySelector }
  }
  readonly saveStreamViaFile?: boolean
}

export interface RawArtifact {
  readonly data?: string
}

/** One entry of a ConfigMap of artifact repositories, or `artifactRepository` of the controller's configuration. */
export interface ArtifactRepository {
  readonly archiveLogs?: boolean
  readonly s3?: S3Bucket & { readonly keyFormat?: string; readonly keyPrefix?: string }
}

export interface ArtifactRepositoryRef {
  readonly configMap?: string
  readonly key?: string
}

export interface Template {
  readonly name?: string
  readonly inputs?: Inputs
  readonly outputs?: Outputs
  readonly metadata?: Metadata
  readonly container?: Container
  readonly script?: ScriptTemplate
  readonly steps?: readonly (readonly WorkflowStep[])[]
  readonly dag?: DagTemplate
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly affinity?: JsonObject
  readonly tolerations?: readonly JsonObject[]
  readonly schedulerName?: string
  readonly priorityClassName?: string
  readonly serviceAccountName?: string
  readonly automountServiceAccountToken?: boolean
  readonly executor?: { readonly serviceAccountName?: string }
  readonly hostAliases?: readonly JsonObject[]
  readonly securityContext?: JsonObject
  readonly volumes?: readonly Volume[]
  readonly archiveLocation?: ArtifactLocation
  /** Decoded from int-or-string; templated text stays text until substitution. */
  readonly activeDeadlineSeconds?: number | string
}

export interface WorkflowStep {
  readonly name?: string
  readonly template?: string
  readonly arguments?: Arguments
  readonly withItems?: readonly Json[]
  readonly withParam?: string
  readonly withSequence?: Sequence
  readonly when?: string
  readonly continueOn?: ContinueOn
  readonly onExit?: string
}

export interface DagTemplate {
  readonly target?: string
  readonly tasks: readonly DagTask[]
  readonly failFast?: boolean
}

export interface DagTask extends Omit<WorkflowStep, 'name'> {
  readonly name: string
  readonly dependencies?: readonly string[]
  readonly depends?: string
}

export interface ContinueOn {
  readonly error?: boolean
  readonly failed?: boolean
}

export interface Sequence {
  readonly count?: string | number
  readonly start?: string | number
  readonly end?: string | number
  readonly format?: string
}

/** A Kubernetes container: the fields the executor looks at are named, all others are passed on as they are. */
export interface Container {
  readonly name?: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly workingDir?: string
  readonly env?: readonly JsonObject[]
  readonly envFrom?: readonly JsonObject[]
  readonly resources?: JsonObject
  readonly volumeMounts?: readonly VolumeMount[]
  readonly imagePullPolicy?: string
  readonly securityContext?: JsonObject
  readonly [other: string]: unknown
}

export interface ScriptTemplate extends Container {
  readonly source?: string
}

export interface VolumeMount {
  readonly name: string
  readonly mountPath: string
  readonly subPath?: string
  readonly readOnly?: boolean
  readonly [other: string]: unknown
}

export interface Volume {
  readonly name: string
  readonly [source: string]: unknown
}

export type NodePhase = 'Pending' | 'Running' | 'Succeeded' | 'Skipped' | 'Failed' | 'Error' | 'Omitted'
export type WorkflowPhase = '' | 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Error'
export type NodeType =
  'Pod' | 'Steps' | 'StepGroup' | 'DAG' | 'TaskGroup' | 'Skipped' | 'Retry' | 'Suspend' | 'Container'

export interface WorkflowStatus {
  readonly phase?: WorkflowPhase
  readonly startedAt?: string | null
  readonly finishedAt?: string | null
  readonly progress?: string
  readonly message?: string
  readonly nodes?: Readonly<Record<string, NodeStatus>>
  readonly outputs?: Outputs
  readonly conditions?: readonly {
    readonly type: string
    readonly status: string
    readonly message?: string
  }[]
  readonly artifactRepositoryRef?: JsonObject
  readonly artifactGCStatus?: JsonObject
  readonly taskResultsCompletionStatus?: Readonly<Record<string, boolean>>
  readonly resourcesDuration?: Readonly<Record<string, number>>
}

export interface NodeStatus {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly type: NodeType
  readonly templateName?: string
  readonly templateScope?: string
  readonly phase?: NodePhase
  readonly boundaryID?: string
  readonly message?: string
  readonly startedAt?: string | null
  readonly finishedAt?: string | null
  readonly progress?: string
  readonly resourcesDuration?: Readonly<Record<string, number>>
  readonly nodeFlag?: { readonly hooked?: boolean; readonly retried?: boolean }
  readonly inputs?: Inputs
  readonly outputs?: Outputs
  readonly children?: readonly string[]
  readonly outboundNodes?: readonly string[]
  readonly hostNodeName?: string
  readonly taskResultSynced?: boolean
}

export interface WorkflowTaskResult {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly phase?: NodePhase
  readonly message?: string
  readonly outputs?: Outputs
  readonly progress?: string
}

/** The keys of the controller's ConfigMap that are covered; the laptop adds `root` to an image. */
export interface ControllerConfig {
  readonly artifactRepository?: ArtifactRepository
  readonly images?: Readonly<Record<string, ImageConfig>>
  readonly executor?: Container
  readonly mainContainer?: Container
  readonly instanceID?: string
  readonly kubeConfig?: {
    readonly secretName?: string
    readonly secretKey?: string
    readonly volumeName?: string
    readonly mountPath?: string
  }
  readonly workflowDefaults?: Workflow
}

export interface ImageConfig {
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  /** Laptop only: a folder that becomes the root of the container. */
  readonly root?: string
}
