// The node of a dag template: every task whose dependencies allow it, until the targets have ended.

import { assessDag } from './assess-dag.ts'
import { createDagContext, taskNode, tasksInOrder, type DagContext } from './dag-context.ts'
import { executeDagTask } from './execute-dag-task.ts'
import { publishGlobalOutputs } from './global-outputs.ts'
import { initializeTemplateNode, markNode } from './mark-node.ts'
import { outboundNodes } from './outbound-nodes.ts'
import { createScope } from './scope.ts'
import { addTask } from './task-scope.ts'
import { templateOutputs } from './template-outputs.ts'
import type { Operation } from './operation.ts'
import type { PreparedCall } from './template-call.ts'
import type { NodeStatus } from '../../spec/types.ts'

/** Spec controller 3.3. @throws ArgoError when an output of the template cannot be resolved. */
export function executeDag(operation: Operation, call: PreparedCall): NodeStatus {
  const { nodes } = operation
  const { nodeName, template, surroundings } = call
  const node =
    call.known ?? initializeTemplateNode(operation, nodeName, 'DAG', 'Running', template, surroundings)
  const dag = createDagContext(template, node, surroundings.onExit)
  let hooksDone = true
  for (const task of tasksInOrder(dag)) hooksDone = executeDagTask(operation, dag, task) && hooksDone
  if (!hooksDone) return nodes.get(node.id) ?? node
  const phase = assessDag(operation, dag)
  if (phase === 'Running') return nodes.get(node.id) ?? node
  if (phase === 'Succeeded') publishOutputs(operation, dag)
  setOutbound(operation, dag)
  return markNode(operation, nodeName, phase)
}

function publishOutputs(operation: Operation, dag: DagContext): void {
  const scope = createScope(dag.template, operation.status.outputs)
  for (const name of dag.tasks.keys()) {
    const node = taskNode(operation, dag, name)
    if (node === undefined) continue
    addTask(operation, dag, scope, node, name)
    publishGlobalOutputs(operation, node.outputs)
  }
  const outputs = templateOutputs(dag.template, scope, operation.globals)
  if (outputs === undefined) return
  publishGlobalOutputs(operation, outputs)
  operation.nodes.update(dag.boundaryId, { outputs })
}

function setOutbound(operation: Operation, dag: DagContext): void {
  const outbound = dag.targets.flatMap((name) => {
    const node = taskNode(operation, dag, name)
    return node === undefined ? [] : outboundNodes(operation.nodes, node.id)
  })
  operation.nodes.update(dag.boundaryId, { outboundNodes: outbound.length === 0 ? undefined : outbound })
}
