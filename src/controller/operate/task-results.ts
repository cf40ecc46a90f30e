// Takes what the executors reported into the nodes, before their pods are looked at.

import { labels } from '../../pod/names.ts'
import { publishGlobalOutputs } from './global-outputs.ts'
import { parseProgress } from './progress.ts'
import { wakeUp, type Operation } from './operation.ts'
import type { NodeStatus, Outputs, WorkflowTaskResult } from '../../spec/types.ts'

/** A pod that is gone may still have sent its last report: so long it is waited for. */
const recentlyDeletedMs = 2 * 60_000
/** Longest wait for a report after the node has ended. */
const taskResultTimeoutMs = 10 * 60_000

/** Spec controller 1.4. */
export function takeTaskResults(operation: Operation): void {
  for (const result of operation.input.taskResults) {
    const node = operation.nodes.get(result.metadata.name ?? '')
    if (node !== undefined) takeTaskResult(operation, node, result)
  }
}

function takeTaskResult(operation: Operation, node: NodeStatus, result: WorkflowTaskResult): void {
  const outputs = mergedOutputs(node.outputs, result.outputs)
  const synced = isSynced(operation, node, result)
  operation.nodes.update(node.id, {
    ...(outputs !== undefined && { outputs }),
    ...(parseProgress(result.progress) !== undefined && { progress: result.progress }),
    ...(synced !== undefined && { taskResultSynced: synced }),
  })
  publishGlobalOutputs(operation, outputs)
}

/** Only the controller knows the exit code; everything else comes from the executor. */
function mergedOutputs(known: Outputs | undefined, reported: Outputs | undefined): Outputs | undefined {
  if (reported === undefined) return undefined
  const hasAny =
    reported.result !== undefined ||
    reported.exitCode !== undefined ||
    (reported.parameters?.length ?? 0) > 0 ||
    (reported.artifacts?.length ?? 0) > 0
  if (!hasAny) return undefined
  const { parameters, artifacts, result, exitCode = known?.exitCode } = reported
  return {
    ...known,
    ...(parameters !== undefined && { parameters }),
    ...(artifacts !== undefined && { artifacts }),
    ...(result !== undefined && { result }),
    ...(exitCode !== undefined && { exitCode }),
  }
}

/** undefined when the report says nothing about its own completeness. */
function isSynced(operation: Operation, node: NodeStatus, result: WorkflowTaskResult): boolean | undefined {
  const label = result.metadata.labels?.[labels.reportOutputsCompleted]
  if (label === 'true') return true
  if (label !== 'false') return undefined
  return hasNoChance(operation, node) ? true : false
}

/** The node has ended and its pod is gone: after a while nobody is left who could complete the report. */
function hasNoChance(operation: Operation, node: NodeStatus): boolean {
  if (!node.finishedAt || operation.input.pods.has(node.id)) return false
  const sinceEndMs = operation.input.now.getTime() - Date.parse(node.finishedAt)
  const patienceMs = node.message === podDeleted ? recentlyDeletedMs : taskResultTimeoutMs
  if (sinceEndMs >= patienceMs) return true
  wakeUp(operation, patienceMs - sinceEndMs + 1000)
  return false
}

/** Message of a node whose pod went away without an end. */
export const podDeleted = 'pod deleted'
