// What a DAG task can see: the inputs of its template and everything it waits for, directly or not.

import { ancestorsOf, taskNode, type DagContext } from './dag-context.ts'
import { createScope, type Scope } from './scope.ts'
import { addLoop, addSibling } from './sibling-scope.ts'
import type { Operation } from './operation.ts'
import type { NodeStatus } from '../../spec/types.ts'

export function taskScope(operation: Operation, dag: DagContext, taskName: string): Scope {
  const scope = createScope(dag.template, operation.status.outputs)
  for (const name of ancestorsOf(dag, taskName)) {
    const node = taskNode(operation, dag, name)
    if (node !== undefined) addTask(operation, dag, scope, node, name)
  }
  return scope
}

export function addTask(
  operation: Operation,
  dag: DagContext,
  scope: Scope,
  node: NodeStatus,
  name: string,
): void {
  const prefix = `tasks.${name}`
  if (node.type === 'TaskGroup') {
    const members = operation.nodes
      .inBoundary(dag.boundaryId)
      .filter((member) => member.name.startsWith(`${node.name}(`))
    addLoop(scope, prefix, members)
  }
  addSibling(operation, scope, { prefix, node, emptyArtifacts: false })
}
