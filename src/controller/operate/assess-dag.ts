// The phase of a dag node: how its targets ended, seen along the branches that lead to them.

import { continues } from './continue-on.ts'
import { taskNodeName, type DagContext } from './dag-context.ts'
import { isCompleted, isFailed, isFulfilled } from './node-phase.ts'
import { mayExecute, type Operation } from './operation.ts'
import type { NodePhase } from '../../spec/types.ts'

export type DagPhase = 'Running' | 'Succeeded' | 'Failed' | 'Error'

/** Spec controller 3.3: a node that was skipped or omitted has the phase of the branch that it ends. */
export function assessDag(operation: Operation, dag: DagContext): DagPhase {
  const targets = walkBranches(operation, dag)
  if (targets === undefined) return 'Running'
  const failFast = dag.template.dag?.failFast ?? true
  let result: DagPhase = 'Succeeded'
  for (const name of dag.targets) {
    const phase = targets.get(operation.nodes.idOf(taskNodeName(dag, name)))
    if (phase === undefined) {
      result = 'Running'
      if (!failFast) break
    } else if (isFailed(phase) && !continues(dag.tasks.get(name)?.continueOn, phase)) {
      result = phase as DagPhase
      if (failFast) break
    }
  }
  // What never came because the workflow is being stopped will not come any more.
  if (result === 'Running' && !mayExecute(operation, dag.onExit)) return 'Failed'
  return result
}

/** Phases of the target nodes that exist, or undefined when a node that was reached has not ended. */
function walkBranches(operation: Operation, dag: DagContext): Map<string, NodePhase> | undefined {
  const { nodes } = operation
  const targetIds = new Set(dag.targets.map((name) => nodes.idOf(taskNodeName(dag, name))))
  const phases = new Map<string, NodePhase>()
  const seen = new Set<string>()
  const queue: { readonly id: string; readonly phase: NodePhase }[] = []
  const enqueue = (id: string, phase: NodePhase): void => {
    const key = `${phase} ${id}`
    if (seen.has(key)) return
    seen.add(key)
    queue.push({ id, phase })
  }
  for (const id of nodes.childrenOf(dag.boundaryId)) enqueue(id, 'Succeeded')
  for (let index = 0; index < queue.length; index++) {
    const { id, phase } = queue[index] as { readonly id: string; readonly phase: NodePhase }
    const node = nodes.get(id)
    if (node === undefined) continue
    if (!isFulfilled(node)) return undefined
    const branch = isCompleted(node) && node.phase !== undefined ? node.phase : phase
    if (targetIds.has(id) && !isFailed(phases.get(id))) phases.set(id, branch)
    for (const child of nodes.childrenOf(id)) enqueue(child, branch)
  }
  return phases
}
