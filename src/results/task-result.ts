// The bodies of a task result as they go to the API (spec executor 4.8 and 13.3): how wait tells the controller.

import type { KubeObject } from '../kube/api.ts'
import { labels } from '../pod/names.ts'
import type { ObjectMeta, Outputs } from '../spec/types.ts'

/** Whose result it is. */
export interface TaskResultOwner {
  /** Also the name of the object. */
  readonly nodeId: string
  readonly workflowName: string
  readonly workflowUid: string
  readonly instanceId?: string | undefined
}

export interface TaskResultContent {
  readonly outputs?: Outputs
  readonly progress?: string
}

export type TaskResultObject = KubeObject & TaskResultContent

/** Body of the POST. `completed` says whether everything that will ever be reported is in it. */
export function buildTaskResult(
  owner: TaskResultOwner,
  content: TaskResultContent = {},
  completed = false,
): TaskResultObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTaskResult',
    metadata: buildMetadata(owner, completed),
    ...content,
  }
}

/** Body of the merge patch that takes over an object that is already there. */
export function buildTakeOver(owner: TaskResultOwner, content: TaskResultContent): unknown {
  const { labels: own, ownerReferences } = buildMetadata(owner, false)
  return { metadata: { labels: own, ownerReferences }, ...content }
}

/** Body of the merge patch that tells the controller: nothing more will come. */
export function buildCompletion(): unknown {
  return { metadata: { labels: { [labels.reportOutputsCompleted]: 'true' } } }
}

function buildMetadata(owner: TaskResultOwner, completed: boolean): ObjectMeta {
  return {
    name: owner.nodeId,
    labels: {
      [labels.workflow]: owner.workflowName,
      [labels.reportOutputsCompleted]: String(completed),
      ...(owner.instanceId === undefined ? {} : { [labels.instanceId]: owner.instanceId }),
    },
    ownerReferences: [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        name: owner.workflowName,
        uid: owner.workflowUid,
      },
    ],
  }
}
