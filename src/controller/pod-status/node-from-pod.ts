// What a pod tells about its node: the new state of the node, for the reconcile of a workflow.

import type { NodeStatus, Template } from '../../spec/types.ts'
import type { Pod } from '../pod/pod-types.ts'

export interface NodeContext {
  /** The template of the node, when it is known: decides whether a succeeded pod still owes outputs. */
  readonly template?: Template
}

/**
 * The node after looking at its pod, or undefined when nothing has changed (spec controller 1.4, executor 1.13).
 * `node.outputs` must already hold what the task result reported. Sets phase, message, hostNodeName, progress,
 * outputs.exitCode and, for a node that ends here, finishedAt (RFC 3339, the end of the last container).
 */
export function nodeFromPod(_pod: Pod, _node: NodeStatus, _context: NodeContext = {}): NodeStatus | undefined {
  throw new Error('not yet')
}
