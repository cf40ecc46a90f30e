// Brings the nodes up to date with their pods, and finds those whose pod has gone.

import { containers } from '../../pod/names.ts'
import { nodeFromPod } from '../pod-status/node-from-pod.ts'
import { podNameOf } from './template-call.ts'
import { publishGlobalOutputs } from './global-outputs.ts'
import { setCondition } from './conditions.ts'
import { markNode } from './mark-node.ts'
import { isFulfilled } from './node-phase.ts'
import { podDeleted } from './task-results.ts'
import { wakeUp, type Operation } from './operation.ts'
import type { ContainerStatus, Pod } from '../pod/pod-types.ts'
import type { NodeStatus } from '../../spec/types.ts'

/** A node may be older than the pod that the watch has not yet told about. */
const recentlyStartedMs = 10_000

/** How long a pod may be set up before somebody should know why. */
const patienceMs = 30_000
const settingUp: ReadonlySet<string> = new Set(['PodInitializing', 'ContainerCreating'])

/** Spec controller 1.4. */
export function assessPods(operation: Operation): void {
  const { nodes, input } = operation
  const reported = new Set(input.taskResults.map(({ metadata }) => metadata.name ?? ''))
  for (const [nodeId, pod] of input.pods) {
    const node = nodes.get(nodeId)
    if (node === undefined) continue
    // Pods and reports come by two watches, and the one may be ahead of the other.
    if (waitEndedWell(pod) && !reported.has(nodeId) && !input.missingTaskResults?.has(nodeId)) {
      operation.effects.taskResultsToLookUp.add(nodeId)
    } else assessPod(operation, node, pod)
  }
  const running = [...input.pods.values()].some((pod) => pod.status?.phase === 'Running')
  setCondition(operation.status, 'PodRunning', running)
  for (const node of nodes.list()) {
    if (node.type === 'Pod' && !isFulfilled(node) && !input.pods.has(node.id))
      assessMissingPod(operation, node)
  }
}

function assessPod(operation: Operation, node: NodeStatus, pod: Pod): void {
  const { nodes } = operation
  const synced =
    reportIsOver(pod) && node.taskResultSynced === false
      ? nodes.update(node.id, { taskResultSynced: true })
      : node
  const template = node.templateName === undefined ? undefined : operation.templates.get(node.templateName)
  const next = nodeFromPod(pod, synced, template === undefined ? {} : { template })
  if (next === undefined) {
    nodes.update(node.id, { message: withHint(operation, synced, pod) })
    return
  }
  // A success counts when its outputs have arrived.
  if (next.phase === 'Succeeded' && next.taskResultSynced === false) return
  // What shutdown or deadline have ended stays ended, while its pod is still being stopped.
  if (isFulfilled(synced) && !isFulfilled(next)) return
  // A message that has gone is no field of the new node, yet it must go.
  nodes.update(node.id, { ...next, message: withHint(operation, next, pod) })
  publishGlobalOutputs(operation, next.outputs)
}

/**
 * The message of a node whose pod only says that it is being set up: after a while with the reason, for example a
 * Secret that does not exist. The node goes on waiting (spec controller 8).
 */
function withHint(operation: Operation, node: NodeStatus, pod: Pod): string | undefined {
  const { input, effects } = operation
  if (node.phase !== 'Pending' || !settingUp.has(node.message ?? '') || !node.startedAt) return node.message
  const ageMs = input.now.getTime() - Date.parse(node.startedAt)
  if (ageMs < patienceMs) {
    wakeUp(operation, patienceMs - ageMs)
    return node.message
  }
  wakeUp(operation, patienceMs)
  const hint = input.podHints?.get(node.id)
  if (hint === undefined) effects.podsToExplain.set(node.id, pod)
  return hint ? `${node.message}: ${hint}` : node.message
}

/** An executor that ends with 0 has left a report. */
function waitEndedWell(pod: Pod): boolean {
  return endOfWait(pod) === 0
}

function endOfWait(pod: Pod): number | undefined {
  return waitOf(pod)?.state?.terminated?.exitCode
}

function waitOf(pod: Pod): ContainerStatus | undefined {
  return pod.status?.containerStatuses?.find(({ name }) => name === containers.wait)
}

/** The executor has failed or was never there: nobody will complete the report. */
function reportIsOver(pod: Pod): boolean {
  const exitCode = endOfWait(pod)
  if (exitCode !== undefined) return exitCode !== 0
  return pod.status?.phase === 'Failed' && waitOf(pod)?.state?.running === undefined
}

function assessMissingPod(operation: Operation, node: NodeStatus): void {
  const { input, effects } = operation
  // A node that waits gets its pod (again) when the tree is walked.
  if (node.phase === 'Pending' || !node.startedAt) return
  const ageMs = input.now.getTime() - Date.parse(node.startedAt)
  if (input.missingPods?.has(node.id)) {
    markNode(operation, node.name, 'Error', podDeleted)
  } else if (ageMs < recentlyStartedMs) {
    wakeUp(operation, recentlyStartedMs - ageMs)
  } else {
    effects.podsToLookUp.set(
      node.id,
      podNameOf(operation, { nodeName: node.name, templateName: node.templateName ?? '' }),
    )
  }
}
