// The steps of a workflow as an indented list: what runs inside what, how it stands, for how long, why it failed.

import type { NodePhase, NodeStatus, Workflow, WorkflowPhase } from '../../spec/types.ts'

export interface TreeLine {
  readonly depth: number
  readonly phase: NodePhase | WorkflowPhase
  readonly name: string
  /** Seconds, undefined before the start. */
  readonly seconds: number | undefined
  readonly message: string
}

/** Groups of steps and of loop items are left out unless they have something to say themselves. */
export function treeLines(workflow: Workflow, now: Date): readonly TreeLine[] {
  const nodes = Object.values(workflow.status?.nodes ?? {})
  const inside = new Map<string, NodeStatus[]>()
  for (const node of nodes) {
    const key = node.boundaryID ?? ''
    inside.set(key, [...(inside.get(key) ?? []), node])
  }
  const lines: TreeLine[] = []
  const seen = new Set<string>()
  const add = (node: NodeStatus, depth: number): void => {
    // The graph comes from an API object: a circle in it must not be ours.
    if (seen.has(node.id)) return
    seen.add(node.id)
    const isGroup = node.type === 'StepGroup' || node.type === 'TaskGroup'
    if (!isGroup || (node.message ?? '') !== '') lines.push(lineOf(node, depth, now))
    for (const child of sorted(inside.get(node.id) ?? [])) add(child, depth + 1)
  }
  for (const node of sorted(inside.get('') ?? [])) add(node, 0)
  return lines
}

function lineOf(node: NodeStatus, depth: number, now: Date): TreeLine {
  return {
    depth,
    phase: node.phase ?? 'Pending',
    name: node.displayName === '' ? node.name : node.displayName,
    seconds: secondsOf(node.startedAt, node.finishedAt, now),
    message: messageOf(node),
  }
}

/** What a running pod still waits for is over before anybody reads it. */
function messageOf({ phase, message = '' }: NodeStatus): string {
  const isOver = message === 'PodInitializing' || phase === 'Succeeded' || phase === 'Running'
  return isOver ? '' : message.trim()
}

export function secondsOf(
  startedAt: string | null | undefined,
  finishedAt: string | null | undefined,
  now: Date,
): number | undefined {
  if (!startedAt) return undefined
  const end = finishedAt ? Date.parse(finishedAt) : now.getTime()
  const seconds = Math.round((end - Date.parse(startedAt)) / 1000)
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

/** By start, then by name with numbers as numbers: `a[2]` before `a[10]`. */
function sorted(nodes: readonly NodeStatus[]): readonly NodeStatus[] {
  return nodes.toSorted(
    (a, b) => (a.startedAt ?? '~').localeCompare(b.startedAt ?? '~') || naturally(a.name, b.name),
  )
}

function naturally(a: string, b: string): number {
  const pad = (text: string): string => text.replace(/\d+/g, (digits) => digits.padStart(12, '0'))
  const [left, right] = [pad(a), pad(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

export function durationText(seconds: number | undefined): string {
  if (seconds === undefined) return ''
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`
}
