// `progress` of nodes and workflow: how many of the pods have succeeded, as far as they are known.

import { isExecutable } from './node-types.ts'
import type { NodeTable } from './node-table.ts'
import type { NodeStatus } from '../../spec/types.ts'

interface Progress {
  readonly done: number
  readonly total: number
}

/** Brings the progress of all nodes up to date and returns that of the workflow (spec controller 2.2). */
export function updateProgress(nodes: NodeTable): string {
  let sum: Progress = { done: 0, total: 0 }
  for (const node of nodes.list()) {
    if (!isExecutable(node.type)) continue
    const own = ownProgress(node)
    nodes.update(node.id, { progress: format(own) })
    sum = add(sum, own)
  }
  for (const node of nodes.list()) {
    if (isExecutable(node.type)) continue
    const below = progressBelow(nodes, node.id)
    if (below.total > 0) nodes.update(node.id, { progress: format(below) })
  }
  return format(sum)
}

/** `N/M` with 0 <= N <= M and M > 0; undefined for any other text. */
export function parseProgress(text: string | undefined): Progress | undefined {
  const match = /^(\d+)\/(\d+)$/.exec(text ?? '')
  if (match === null) return undefined
  const [done, total] = [Number(match[1]), Number(match[2])]
  return done <= total && total > 0 ? { done, total } : undefined
}

function ownProgress(node: NodeStatus): Progress {
  const told = parseProgress(node.progress) ?? { done: 0, total: 1 }
  const complete = node.phase === 'Succeeded' || node.phase === 'Skipped' || node.phase === 'Omitted'
  return complete ? { done: told.total, total: told.total } : told
}

/** Everything that starts after the node, each once: branches meet again. */
function progressBelow(nodes: NodeTable, id: string): Progress {
  const seen = new Set<string>()
  const open = [...nodes.childrenOf(id)]
  let sum: Progress = { done: 0, total: 0 }
  for (let child = open.pop(); child !== undefined; child = open.pop()) {
    if (seen.has(child)) continue
    seen.add(child)
    const node = nodes.get(child)
    if (node === undefined) continue
    if (isExecutable(node.type)) sum = add(sum, ownProgress(node))
    open.push(...nodes.childrenOf(child))
  }
  return sum
}

function add(a: Progress, b: Progress): Progress {
  return { done: a.done + b.done, total: a.total + b.total }
}

function format({ done, total }: Progress): string {
  return `${done}/${total}`
}
