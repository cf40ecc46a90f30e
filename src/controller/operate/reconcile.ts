// One pass over one workflow: from what the API shows to the next status and to what has to be done. Pure.

import { isDeepStrictEqual } from 'node:util'
import { errorMessage } from '../../errors/argo-error.ts'
import { assessPods } from './assess-pods.ts'
import { controlPods } from './control-pods.ts'
import { createOperation, refuse } from './create-operation.ts'
import { executeExitHandler, setExitTags } from './exit-handler.ts'
import { executeTemplate } from './execute-template.ts'
import { finishWorkflow, startWorkflow } from './mark-workflow.ts'
import { isFailed, isFulfilled } from './node-phase.ts'
import { updateProgress } from './progress.ts'
import { takeTaskResults } from './task-results.ts'
import type { Operation } from './operation.ts'
import type { ReconcileInput, ReconcileOutcome } from './reconcile-types.ts'
import type { NodeStatus, Workflow, WorkflowPhase } from '../../spec/types.ts'

/** Spec controller 1.3. Everything in the result follows from the input alone, so a pass may be repeated at any time. */
export function reconcile(input: ReconcileInput): ReconcileOutcome {
  if (isFinal(input.workflow.status?.phase)) return unchanged(input)
  const created = createOperation(input, executeTemplate)
  const { operation } = created
  if (created.problem !== undefined) {
    refuse(created)
    return outcome(operation)
  }
  takeTaskResults(operation)
  if (input.workflow.status?.phase) {
    assessPods(operation)
    controlPods(operation)
  } else {
    startWorkflow(operation)
    controlPods(operation)
  }
  walk(operation)
  return outcome(operation)
}

function isFinal(phase: WorkflowPhase | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error'
}

function walk(operation: Operation): void {
  let entry: NodeStatus
  try {
    entry = executeTemplate(operation, {
      nodeName: operation.name,
      templateName: operation.spec.entrypoint ?? '',
      arguments: operation.spec.arguments ?? {},
      surroundings: { onExit: false },
    })
  } catch (error) {
    finishWorkflow(operation, 'Error', `error in entry template execution: ${errorMessage(error)}`)
    return
  }
  if (!isFulfilled(entry)) return
  setExitTags(operation, entry)
  let exit: NodeStatus | undefined
  try {
    exit = executeExitHandler(operation)
  } catch (error) {
    finishWorkflow(operation, 'Error', `error in exit template execution: ${errorMessage(error)}`)
    return
  }
  if (exit !== undefined && !isFulfilled(exit)) return
  // A report that is still being written would be lost with the end of the workflow.
  if (operation.nodes.list().some((node) => node.taskResultSynced === false)) return
  finish(operation, entry, exit)
}

function finish(operation: Operation, entry: NodeStatus, exit: NodeStatus | undefined): void {
  if (isFailed(entry.phase)) {
    const stopped = operation.spec.shutdown
      ? `Stopped with strategy '${operation.spec.shutdown}'`
      : entry.message
    finishWorkflow(operation, entry.phase as WorkflowPhase, stopped)
  } else if (isFailed(exit?.phase)) {
    finishWorkflow(operation, exit?.phase as WorkflowPhase, exit?.message)
  } else {
    finishWorkflow(operation, 'Succeeded')
  }
}

function outcome(operation: Operation): ReconcileOutcome {
  const { input, effects, nodes, status } = operation
  status.progress = updateProgress(nodes)
  const workflow: Workflow = {
    ...input.workflow,
    metadata: { ...input.workflow.metadata, labels: operation.labels, annotations: operation.annotations },
    status: { ...status, nodes: nodes.toRecord() },
  }
  return {
    workflow,
    changed: differs(input.workflow, workflow, nodes.changed),
    podsToCreate: isFinal(status.phase) ? [] : [...effects.podsToCreate.values()],
    podsToTerminate: [...effects.podsToTerminate.values()],
    podsToLookUp: [...effects.podsToLookUp].map(([nodeId, podName]) => ({ nodeId, podName })),
    podsToExplain: [...effects.podsToExplain].map(([nodeId, pod]) => ({ nodeId, pod })),
    taskResultsToLookUp: [...effects.taskResultsToLookUp],
    ...(effects.wakeUpAfterMs !== undefined && { wakeUpAfterMs: effects.wakeUpAfterMs }),
    fulfilled: isFinal(status.phase),
  }
}

function differs(before: Workflow, after: Workflow, nodesChanged: boolean): boolean {
  if (nodesChanged) return true
  const { nodes: _before, ...statusBefore } = before.status ?? {}
  const { nodes: _after, ...statusAfter } = after.status ?? {}
  return (
    !isDeepStrictEqual(statusBefore, statusAfter) ||
    !isDeepStrictEqual(before.metadata.labels ?? {}, after.metadata.labels) ||
    !isDeepStrictEqual(before.metadata.annotations ?? {}, after.metadata.annotations)
  )
}

function unchanged(input: ReconcileInput): ReconcileOutcome {
  return {
    workflow: input.workflow,
    changed: false,
    podsToCreate: [],
    podsToTerminate: [],
    podsToLookUp: [],
    podsToExplain: [],
    taskResultsToLookUp: [],
    fulfilled: true,
  }
}
