// Brings the workflow from phase to phase: status, labels and the end of its root node.

import { annotations, labels } from '../../pod/names.ts'
import { setCondition } from './conditions.ts'
import { markNode } from './mark-node.ts'
import { timestamp, type Operation } from './operation.ts'
import type { WorkflowPhase } from '../../spec/types.ts'

/** What is pinned here holds to the end, whatever happens to the configuration or to the controller's version. */
export function startWorkflow(operation: Operation): void {
  const { status, input } = operation
  status.phase = 'Running'
  status.startedAt ??= timestamp(input.now)
  status.artifactGCStatus ??= { notSpecified: true }
  if (input.artifactRepositoryRef !== undefined) status.artifactRepositoryRef ??= input.artifactRepositoryRef
  operation.annotations[annotations.podNameFormat] ??= 'v2'
  setLabels(operation, 'Running', false)
}

/** The end: nothing but labels changes afterwards. */
export function finishWorkflow(operation: Operation, phase: WorkflowPhase, message?: string): void {
  const { status, nodes } = operation
  const now = timestamp(operation.input.now)
  status.phase = phase
  status.startedAt ??= now
  status.finishedAt = now
  if (message) status.message = message
  else delete status.message
  const root = nodes.byName(operation.name)
  if (phase === 'Error' && root?.phase === 'Running')
    markNode(operation, root.name, 'Error', 'Workflow operation error')
  setCondition(status, 'Completed', true)
  setLabels(operation, phase, true)
}

function setLabels(operation: Operation, phase: WorkflowPhase, completed: boolean): void {
  operation.labels[labels.phase] = phase
  operation.labels[labels.completed] = String(completed)
}
