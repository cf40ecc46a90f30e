// One task of a dag: waits, is omitted, unfolds into a loop, or runs.

import { errorMessage } from '../../errors/argo-error.ts'
import { evaluateDepends, type DependencyNode } from '../../expression/depends/evaluate-depends.ts'
import { evaluateWhen } from '../../expression/when.ts'
import { dependenciesOf, taskNode, taskNodeName, type DagContext } from './dag-context.ts'
import { runExitHook } from './exit-hook.ts'
import { expandLoop, isLoop } from './expand-loop.ts'
import { initializeNode, markNode } from './mark-node.ts'
import { isCompleted, isFailed, isFulfilled } from './node-phase.ts'
import { outboundNodes } from './outbound-nodes.ts'
import { resolveReferences } from './resolve-references.ts'
import { taskScope } from './task-scope.ts'
import type { Operation } from './operation.ts'
import type { Scope } from './scope.ts'
import type { DagTask, NodePhase, NodeStatus } from '../../spec/types.ts'

/** Spec controller 3.3. Returns whether no hook of the task is still to be waited for. */
export function executeDagTask(operation: Operation, dag: DagContext, task: DagTask): boolean {
  const known = taskNode(operation, dag, task.name)
  if (known === undefined || !isFulfilled(known)) advance(operation, dag, task, known)
  return exitHookIsDone(operation, dag, task)
}

function advance(operation: Operation, dag: DagContext, task: DagTask, known: NodeStatus | undefined): void {
  const nodeName = taskNodeName(dag, task.name)
  try {
    const decision = evaluateDepends({
      logic: dag.dependencies.get(task.name)?.logic ?? '',
      ownNodeExists: known !== undefined,
      dependencies: Object.fromEntries(
        dependenciesOf(dag, task.name).map((name) => [name, dependencyNode(operation, dag, name)]),
      ),
    })
    if (!decision.proceed) return
    if (!decision.execute) {
      add(operation, dag, task, nodeName, 'Omitted', 'omitted: depends condition not met')
      return
    }
    run(operation, dag, task)
  } catch (error) {
    if (operation.nodes.byName(nodeName) === undefined) {
      add(operation, dag, task, nodeName, 'Error', errorMessage(error))
    } else {
      markNode(operation, nodeName, 'Error', errorMessage(error))
    }
  }
}

/** @throws what is wrong with the task before any of its nodes exists. */
function run(operation: Operation, dag: DagContext, task: DagTask): void {
  const variables = { ...operation.globals }
  const scope = taskScope(operation, dag, task.name)
  Object.assign(variables, scope.parameters)
  const resolved = resolveReferences(task, scope, variables)
  if (!isLoop(resolved)) {
    runMember(operation, dag, task, resolved, scope)
    return
  }
  const members = expandLoop(resolved, variables)
  const groupName = taskNodeName(dag, task.name)
  if (members.length === 0) {
    add(operation, dag, task, groupName, 'Skipped', 'Skipped, empty params')
    return
  }
  openTaskGroup(operation, dag, task, groupName)
  for (const member of members) runMember(operation, dag, task, member, scope)
  const nodes = members.map(({ name }) => taskNode(operation, dag, name))
  if (!nodes.every((node) => node !== undefined && isFulfilled(node))) return
  const failed = nodes.findLast((node) => isFailed(node?.phase))
  markNode(operation, groupName, failed?.phase ?? 'Succeeded')
}

function runMember(
  operation: Operation,
  dag: DagContext,
  task: DagTask,
  member: DagTask,
  scope: Scope,
): void {
  const { nodes } = operation
  const nodeName = taskNodeName(dag, member.name)
  if (nodes.byName(nodeName) === undefined) {
    try {
      if (!evaluateWhen(member.when ?? '')) {
        add(operation, dag, task, nodeName, 'Skipped', `when '${member.when ?? ''}' evaluated false`)
        return
      }
    } catch (error) {
      add(operation, dag, task, nodeName, 'Error', errorMessage(error))
      return
    }
  }
  try {
    operation.execute(operation, {
      nodeName,
      templateName: member.template ?? '',
      arguments: member.arguments ?? {},
      surroundings: {
        boundaryId: dag.boundaryId,
        boundaryTemplate: dag.template,
        onExit: dag.onExit,
        siblings: scope.parameters,
      },
    })
  } catch (error) {
    markNode(operation, nodeName, 'Error', `task '${nodeName}' errored: ${errorMessage(error)}`)
  }
  connect(operation, dag, task, nodeName)
}

function openTaskGroup(operation: Operation, dag: DagContext, task: DagTask, groupName: string): void {
  if (operation.nodes.byName(groupName) !== undefined) return
  initializeNode(operation, {
    name: groupName,
    type: 'TaskGroup',
    phase: 'Running',
    ...(task.template !== undefined && { templateName: task.template }),
    boundaryId: dag.boundaryId,
    nodeFlag: {},
  })
  connect(operation, dag, task, groupName)
}

function add(
  operation: Operation,
  dag: DagContext,
  task: DagTask,
  name: string,
  phase: NodePhase,
  message: string,
): void {
  if (operation.nodes.byName(name) !== undefined) return
  initializeNode(operation, {
    name,
    type: 'Skipped',
    phase,
    ...(task.template !== undefined && { templateName: task.template }),
    boundaryId: dag.boundaryId,
    nodeFlag: {},
    message,
  })
  connect(operation, dag, task, name)
}

/** A member of a loop hangs on its group; all others on the exits of what they waited for, or on the dag itself. */
function connect(operation: Operation, dag: DagContext, task: DagTask, nodeName: string): void {
  const { nodes } = operation
  const id = nodes.idOf(nodeName)
  const groupName = taskNodeName(dag, task.name)
  if (nodeName !== groupName) {
    nodes.addChild(nodes.idOf(groupName), id)
    return
  }
  const dependencies = dependenciesOf(dag, task.name)
  if (dependencies.length === 0) nodes.addChild(dag.boundaryId, id)
  for (const name of dependencies) {
    const node = taskNode(operation, dag, name)
    if (node === undefined) continue
    for (const outbound of outboundNodes(nodes, node.id)) nodes.addChild(outbound, id)
  }
}

function dependencyNode(operation: Operation, dag: DagContext, name: string): DependencyNode | undefined {
  const { nodes } = operation
  const node = taskNode(operation, dag, name)
  if (node === undefined) return undefined
  const children =
    node.type === 'TaskGroup' ? [...nodes.childrenOf(node.id)].map((id) => nodes.get(id)?.phase) : undefined
  const task = dag.tasks.get(name)
  return {
    // A pod whose outputs are still on their way has not ended for those that want them.
    phase: isFulfilled(node) ? (node.phase ?? '') : 'Running',
    type: node.type,
    hooksFulfilled: task === undefined || exitHookIsDone(operation, dag, task),
    ...(children !== undefined && { childPhases: children }),
  }
}

function exitHookIsDone(operation: Operation, dag: DagContext, task: DagTask): boolean {
  if (!task.onExit) return true
  const node = taskNode(operation, dag, task.name)
  if (node === undefined || !isCompleted(node)) return true
  return runExitHook(operation, {
    templateName: task.onExit,
    parent: node,
    boundaryId: dag.boundaryId,
    boundaryTemplate: dag.template,
  })
}
