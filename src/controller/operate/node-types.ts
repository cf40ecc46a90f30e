// The kinds of nodes, told apart by what they do for progress and for the edges between nodes.

import type { NodeType } from '../../spec/types.ts'

/** Does work of its own, so that it counts in the progress. */
export function isExecutable(type: NodeType): boolean {
  return type === 'Pod' || type === 'Container' || type === 'Suspend'
}

/** Stands for its members: what comes next hangs on them. */
export function isPassThrough(type: NodeType): boolean {
  return type === 'Steps' || type === 'DAG' || type === 'TaskGroup' || type === 'StepGroup'
}
