// Ends pods that may run no longer: the workflow is being stopped, its time is over, or only strangers are left in them.

import { containers, labels } from '../../pod/names.ts'
import { markNode } from './mark-node.ts'
import { isFulfilled } from './node-phase.ts'
import { deadlineIsOver, mayExecute, wakeUp, type Operation } from './operation.ts'
import type { Pod } from '../pod/pod-types.ts'

/** Spec controller 4.2 and 4.3. Pods of the exit handler are exempt from the deadline and from Stop. */
export function controlPods(operation: Operation): void {
  const { nodes, input, effects, spec } = operation
  for (const [nodeId, pod] of input.pods) {
    if (hasEnded(pod)) continue
    const node = nodes.get(nodeId)
    const onExit = pod.metadata.labels?.[labels.onExit] !== undefined
    if (!mayExecute(operation, onExit)) {
      effects.podsToTerminate.set(nodeId, pod)
      if (node !== undefined && !isFulfilled(node)) {
        markNode(operation, node.name, 'Failed', `workflow shutdown with strategy:  ${spec.shutdown ?? ''}`)
      }
    } else if (!onExit && deadlineIsOver(operation)) {
      effects.podsToTerminate.set(nodeId, pod)
      if (node !== undefined && !isFulfilled(node))
        markNode(operation, node.name, 'Failed', 'Step exceeded its deadline')
    } else if (onlyStrangersRun(pod)) {
      effects.podsToTerminate.set(nodeId, pod)
    }
  }
  if (operation.deadline !== undefined) {
    const leftMs = operation.deadline.getTime() - input.now.getTime()
    if (leftMs >= 0) wakeUp(operation, leftMs + 1)
  }
}

export function hasEnded(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

/**
 * deviates: Argo sends a signal to every container as soon as main has ended, `wait` in the middle of its uploads
 * included. Here the containers that others put into the pod are ended once ours are done.
 */
function onlyStrangersRun(pod: Pod): boolean {
  const statuses = pod.status?.containerStatuses ?? []
  const ended = (name: string): boolean =>
    statuses.find((status) => status.name === name)?.state?.terminated !== undefined
  if (!ended(containers.main) || !ended(containers.wait)) return false
  return statuses.some(({ state }) => state?.running !== undefined)
}
