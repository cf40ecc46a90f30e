// The nodes of one workflow during one pass: found by id, by name and by boundary, changed in place of a copy.

import { isDeepStrictEqual } from 'node:util'
import { nodeId } from '../../expression/node-id.ts'
import type { NodeStatus } from '../../spec/types.ts'

type Draft = { -readonly [K in keyof NodeStatus]: NodeStatus[K] }

/** Owns the nodes for the length of a pass; the status that it was made from is never touched. */
export class NodeTable {
  readonly #workflowName: string
  readonly #nodes = new Map<string, NodeStatus>()
  /** Children as sets, so that a wide loop is not searched once for each of its members. */
  readonly #children = new Map<string, Set<string>>()
  readonly #boundaries = new Map<string, Set<string>>()
  #changed = false

  constructor(workflowName: string, nodes: Readonly<Record<string, NodeStatus>>) {
    this.#workflowName = workflowName
    for (const [id, node] of Object.entries(nodes)) {
      this.#nodes.set(id, node)
      this.#index(node)
    }
  }

  get changed(): boolean {
    return this.#changed
  }

  get size(): number {
    return this.#nodes.size
  }

  idOf(name: string): string {
    return nodeId(this.#workflowName, name)
  }

  get(id: string): NodeStatus | undefined {
    return this.#nodes.get(id)
  }

  byName(name: string): NodeStatus | undefined {
    return this.#nodes.get(this.idOf(name))
  }

  /** As they are now: nodes that change later are not in it. */
  list(): readonly NodeStatus[] {
    return [...this.#nodes.values()]
  }

  /** Nodes whose boundary is the steps or dag node `boundaryId`. */
  inBoundary(boundaryId: string): readonly NodeStatus[] {
    return [...(this.#boundaries.get(boundaryId) ?? [])].flatMap((id) => this.#nodes.get(id) ?? [])
  }

  add(node: NodeStatus): NodeStatus {
    this.#nodes.set(node.id, node)
    this.#index(node)
    this.#changed = true
    return node
  }

  /** Sets the given fields; a field given as undefined is taken away. Returns the node as it is now. */
  update(id: string, change: { readonly [K in keyof NodeStatus]?: NodeStatus[K] | undefined }): NodeStatus {
    const old = this.#nodes.get(id)
    if (old === undefined) throw new Error(`node ${id} is not in the workflow`)
    const entries = Object.entries(change).filter(
      ([key, value]) => !isDeepStrictEqual(old[key as keyof NodeStatus], value),
    )
    if (entries.length === 0) return old
    const next: Draft = { ...old }
    for (const [key, value] of entries) {
      if (value === undefined) delete next[key as keyof NodeStatus]
      else Object.assign(next, { [key]: value })
    }
    this.#nodes.set(id, next)
    this.#changed = true
    return next
  }

  /** Makes `childId` start after `parentId`; knows the edge when it is there. */
  addChild(parentId: string, childId: string): void {
    const parent = this.#nodes.get(parentId)
    if (parent === undefined) return
    let known = this.#children.get(parentId)
    if (known === undefined) {
      known = new Set(parent.children)
      this.#children.set(parentId, known)
    }
    if (known.has(childId)) return
    known.add(childId)
    this.#changed = true
  }

  childrenOf(id: string): Iterable<string> {
    return this.#children.get(id) ?? this.#nodes.get(id)?.children ?? []
  }

  /** The record for the status, children folded in. */
  toRecord(): Record<string, NodeStatus> {
    const record: Record<string, NodeStatus> = {}
    for (const [id, node] of this.#nodes) {
      const children = this.#children.get(id)
      record[id] = children === undefined || children.size === 0 ? node : { ...node, children: [...children] }
    }
    return record
  }

  #index(node: NodeStatus): void {
    if (node.boundaryID === undefined) return
    const members = this.#boundaries.get(node.boundaryID)
    if (members === undefined) this.#boundaries.set(node.boundaryID, new Set([node.id]))
    else members.add(node.id)
  }
}
