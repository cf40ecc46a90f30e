// The name of a node's pod: deterministic, so that a create that is repeated meets AlreadyExists instead of a twin.

import { fnv1a32 } from '../expression/fnv.ts'
import { nodeId } from '../expression/node-id.ts'

/** Value of the annotation `pod-name-format` of a workflow. */
export type PodNameVersion = 'v1' | 'v2'

/** The longest name of a pod (253) less the hash (10 digits) and its dash. */
const longestPrefix = 253 - 10 - 1

/**
 * `templateName` is that of the referenced template for a `templateRef` and '' for an inline one.
 * An unknown version counts as v2 (spec controller 1.6).
 */
export function podName(
  workflowName: string,
  templateName: string,
  nodeName: string,
  version: string | undefined = 'v2',
): string {
  if (version === 'v1') return nodeId(workflowName, nodeName)
  if (nodeName === workflowName) return workflowName
  const prefix = templateName === '' ? workflowName : `${workflowName}-${templateName}`
  return `${cutBytes(prefix, longestPrefix)}-${fnv1a32(nodeName)}`
}

/** Cuts by bytes as Go does; a character that would be split is left out, since no pod name may hold half of it. */
function cutBytes(text: string, limit: number): string {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= limit) return text
  return new TextDecoder().decode(bytes.subarray(0, limit)).replace(/\ufffd+$/u, '')
}
