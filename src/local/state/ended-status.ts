// The status of a workflow that was cut off: everything that had not ended is an Error that says why.

import type { NodeStatus, WorkflowStatus } from '../../spec/types.ts'
import { timestamp } from '../engine/pod-state.ts'

export function endedStatus(status: WorkflowStatus, message: string): WorkflowStatus {
  const finishedAt = timestamp()
  const end = (node: NodeStatus): NodeStatus =>
    node.phase === undefined || node.phase === 'Pending' || node.phase === 'Running'
      ? { ...node, phase: 'Error', message, finishedAt }
      : node
  const nodes = Object.fromEntries(Object.entries(status.nodes ?? {}).map(([id, node]) => [id, end(node)]))
  return { ...status, phase: 'Error', message, finishedAt, nodes }
}
