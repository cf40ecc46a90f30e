// Everything that the pod of one node is built from: handed over by the operator, so that building stays pure.

import type { ArtifactRepository, ControllerConfig, Template, Workflow } from '../../spec/types.ts'

export interface PodInput {
  /** The workflow with its global tags substituted outside of `templates`; `metadata.uid` is set. */
  readonly workflow: Workflow
  /**
   * The template to run: arguments resolved into `inputs`, all tags in reach substituted. Left as they are: tags whose
   * value the builder knows (`{{pod.name}}`) and those of the configuration (archive location).
   */
  readonly template: Template
  /** The steps or dag template that the node belongs to: scheduling falls back to it before it falls back to the workflow. */
  readonly boundaryTemplate?: Template
  readonly nodeId: string
  readonly nodeName: string
  readonly podName: string
  /** Whether this is a pod of the exit handler: it outlives the deadline of the workflow. */
  readonly onExit: boolean
  /** Whether main keeps its standard output for `outputs.result`. */
  readonly includeScriptOutput: boolean
  /** End of the workflow's activeDeadlineSeconds. */
  readonly workflowDeadline?: Date
  /** End of the node's own time (retries with a longest duration). */
  readonly executionDeadline?: Date
  readonly config: ControllerConfig
  readonly executorImage: string
  readonly executorImagePullPolicy?: string
  readonly executorLog: { readonly level: string; readonly format: string }
  /** The repository that `artifactRepositoryRef`, its defaults and the configuration lead to; absent when there is none. */
  readonly artifactRepository?: ArtifactRepository
  /** Flat names of all global tags (`workflow.name`, ...): substituted once more over the whole pod. */
  readonly globals: Readonly<Record<string, string>>
  /** Tags of the steps or tasks in reach (`tasks.a.outputs.parameters.b`): volumes of the workflow may name them. */
  readonly siblings?: Readonly<Record<string, string | null>>
  /** Secret with the token of the executor's own account; default `<account>.service-account-token`. */
  readonly executorTokenSecret?: string
  /** W3C trace context of the node: 32 and 16 hexadecimal digits. */
  readonly trace: { readonly traceId: string; readonly spanId: string }
  readonly now: Date
}
