// What one pass over a workflow is given and what it answers: the border between the pure operator and the shell around it.

import type { ConfigMap, Pod } from '../pod/pod-types.ts'
import type { BuiltPod } from '../pod/build-pod.ts'
import type { ControllerConfig, JsonObject, Workflow, WorkflowTaskResult } from '../../spec/types.ts'

/** What the API said when the pod of a node was to be created. */
export interface PodFailure {
  readonly message: string
  /** The create may succeed later: the node stays Pending and shows the message. */
  readonly retryable: boolean
}

export interface ReconcileInput {
  /** As the API gave it; fields that are not known here are written back as they are. */
  readonly workflow: Workflow
  /** Pods of this workflow that are not yet labelled completed, by node id. */
  readonly pods: ReadonlyMap<string, Pod>
  readonly taskResults: readonly WorkflowTaskResult[]
  /** A ConfigMap of the workflow's namespace that carries the label of parameters. */
  readonly parameterConfigMap: (name: string) => ConfigMap | undefined
  /** Answers to the pods that this pass asked for a moment ago. */
  readonly podFailures?: ReadonlyMap<string, PodFailure>
  /** Node ids whose pod was asked for by name and is not there. */
  readonly missingPods?: ReadonlySet<string>
  /** By node id: why a pod does not start, '' when nobody knows. */
  readonly podHints?: ReadonlyMap<string, string>
  /** Node ids whose task result was asked for by name and is not there. */
  readonly missingTaskResults?: ReadonlySet<string>
  /** Value of `status.artifactRepositoryRef` for a workflow that starts in this pass. */
  readonly artifactRepositoryRef?: JsonObject
  /** Why there is none. */
  readonly artifactRepositoryProblem?: string
  readonly config: ControllerConfig
  readonly executor: ExecutorSettings
  readonly now: Date
}

export interface ExecutorSettings {
  readonly image: string
  readonly imagePullPolicy?: string
  readonly log: { readonly level: string; readonly format: string }
}

export interface PodToCreate extends BuiltPod {
  readonly nodeId: string
}

export interface ReconcileOutcome {
  /** The whole object to write, resourceVersion included. */
  readonly workflow: Workflow
  /** False when writing it would change nothing. */
  readonly changed: boolean
  readonly podsToCreate: readonly PodToCreate[]
  /** Pods whose containers are to be ended (pending ones: deleted). */
  readonly podsToTerminate: readonly Pod[]
  /** Pods that should run but are not here: to be asked for by name before they are declared deleted. */
  readonly podsToLookUp: readonly { readonly nodeId: string; readonly podName: string }[]
  /** Pods that should have started by now and do not say why they have not. */
  readonly podsToExplain: readonly { readonly nodeId: string; readonly pod: Pod }[]
  /** Node ids whose pod has ended well, but whose report has not come here: to be asked for by name. */
  readonly taskResultsToLookUp: readonly string[]
  /** Look again after so many milliseconds, whatever happens. */
  readonly wakeUpAfterMs?: number
  readonly fulfilled: boolean
}
