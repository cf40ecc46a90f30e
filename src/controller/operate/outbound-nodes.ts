// The exits of a node: those of its descendants that whatever comes next starts after.

import type { NodeTable } from './node-table.ts'
import { isPassThrough } from './node-types.ts'

/** Ids of the exits of `id`, in order (spec controller 2.2). */
export function outboundNodes(nodes: NodeTable, id: string): readonly string[] {
  const node = nodes.get(id)
  if (node === undefined) return []
  if (!isPassThrough(node.type)) return [id]
  if (node.type === 'TaskGroup') {
    const children = [...nodes.childrenOf(id)]
    return children.length === 0 ? [id] : children.flatMap((child) => outboundNodes(nodes, child))
  }
  return (node.outboundNodes ?? []).flatMap((outbound) => outboundNodes(nodes, outbound))
}
