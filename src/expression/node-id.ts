// The id of a node from its name: the same for every controller, so that a restart finds its nodes again.

import { fnv1a32 } from './fnv.ts'

/** The workflow's own name for the root node, else `WORKFLOW-HASH` (spec controller 1.6). */
export function nodeId(workflowName: string, nodeName: string): string {
  return nodeName === workflowName ? workflowName : `${workflowName}-${fnv1a32(nodeName)}`
}
