// What the phases of nodes mean to those that wait for them.

import type { NodePhase, NodeStatus } from '../../spec/types.ts'

/** Ended by itself, and its task result has arrived. */
export function isCompleted(node: NodeStatus): boolean {
  return hasEnded(node.phase) && node.taskResultSynced !== false
}

/** Nothing will happen to the node any more: ended, skipped or omitted. */
export function isFulfilled(node: NodeStatus): boolean {
  return isCompleted(node) || node.phase === 'Skipped' || node.phase === 'Omitted'
}

export function isFailed(phase: NodePhase | undefined): boolean {
  return phase === 'Failed' || phase === 'Error'
}

/** Whether a node of this phase runs no more, its report aside. */
export function isEnd(phase: NodePhase | undefined): boolean {
  return hasEnded(phase) || phase === 'Skipped' || phase === 'Omitted'
}

function hasEnded(phase: NodePhase | undefined): boolean {
  return phase === 'Succeeded' || isFailed(phase)
}
