// What may only happen when the status is safely written: pods are let go, reports are thrown away.

import { errorMessage } from '../errors/argo-error.ts'
import { isNotFound } from '../kube/kube-error.ts'
import { resources } from '../kube/api.ts'
import { labels } from '../pod/names.ts'
import { mapLimit } from '../util/limit.ts'
import { hasEnded } from './operate/control-pods.ts'
import { isFulfilled } from './operate/node-phase.ts'
import type { Pod } from './pod/pod-types.ts'
import type { Shell } from './shell.ts'
import type { Workflow, WorkflowTaskResult } from '../spec/types.ts'

export interface SettleInput {
  readonly key: string
  /** As it was written. */
  readonly workflow: Workflow
  readonly pods: ReadonlyMap<string, Pod>
  readonly taskResults: readonly WorkflowTaskResult[]
  readonly fulfilled: boolean
}

const limit = 16

/** Safe to repeat: a controller that was killed before does it again. */
export async function settleWorkflow(shell: Shell, input: SettleInput): Promise<void> {
  const done = [...input.pods].filter(([nodeId, pod]) => isDone(input, nodeId, pod)).map(([, pod]) => pod)
  await mapLimit(done, { limit, signal: shell.signal }, (pod) => labelCompleted(shell, pod))
  if (input.fulfilled && input.taskResults.length > 0) await deleteTaskResults(shell, input.workflow)
}

function isDone(input: SettleInput, nodeId: string, pod: Pod): boolean {
  if (!hasEnded(pod) || pod.metadata.labels?.[labels.completed] === 'true') return false
  if (input.fulfilled) return true
  const node = input.workflow.status?.nodes?.[nodeId]
  return node !== undefined && isFulfilled(node)
}

async function labelCompleted(shell: Shell, pod: Pod): Promise<void> {
  const { namespace = '', name = '' } = pod.metadata
  const body = { metadata: { labels: { [labels.completed]: 'true' } } }
  try {
    await shell.api.patch(resources.pods, namespace, name, 'merge', body, { signal: shell.signal })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

async function deleteTaskResults(shell: Shell, workflow: Workflow): Promise<void> {
  const { namespace = '', name = '' } = workflow.metadata
  try {
    await shell.api.deleteCollection(resources.taskResults, namespace, {
      labelSelector: `${labels.workflow}=${name}`,
      signal: shell.signal,
    })
  } catch (error) {
    if (shell.signal.aborted) throw error
    // They go with the workflow, whose property they are.
    shell.log.warn('could not delete the task results of a workflow', {
      workflow: name,
      error: errorMessage(error),
    })
  }
}
