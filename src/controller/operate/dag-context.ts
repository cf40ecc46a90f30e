// One dag node during one pass: its tasks, what they wait for and in which order they are looked at.

import { ArgoError } from '../../errors/argo-error.ts'
import { dependsLogic, type DependsLogic } from '../../expression/depends/depends-logic.ts'
import type { Operation } from './operation.ts'
import type { DagTask, NodeStatus, Template } from '../../spec/types.ts'

export interface DagContext {
  readonly template: Template
  readonly nodeName: string
  readonly boundaryId: string
  readonly onExit: boolean
  readonly tasks: ReadonlyMap<string, DagTask>
  readonly dependencies: ReadonlyMap<string, DependsLogic>
  readonly targets: readonly string[]
}

export function createDagContext(template: Template, node: NodeStatus, onExit: boolean): DagContext {
  const list = template.dag?.tasks ?? []
  const tasks = new Map(list.map((task) => [task.name, task]))
  const dependencies = new Map(list.map((task) => [task.name, dependsLogic(task, (name) => tasks.get(name))]))
  return {
    template,
    nodeName: node.name,
    boundaryId: node.id,
    onExit,
    tasks,
    dependencies,
    targets: targetsOf(template, list, dependencies),
  }
}

export function taskNodeName(dag: DagContext, taskName: string): string {
  return `${dag.nodeName}.${taskName}`
}

export function taskNode(operation: Operation, dag: DagContext, taskName: string): NodeStatus | undefined {
  return operation.nodes.byName(taskNodeName(dag, taskName))
}

export function dependenciesOf(dag: DagContext, taskName: string): readonly string[] {
  return [...(dag.dependencies.get(taskName)?.tasks.keys() ?? [])]
}

/** The targets and all that they wait for, each after what it waits for. Without recursion: a chain may be long. */
export function tasksInOrder(dag: DagContext): readonly DagTask[] {
  const ordered: DagTask[] = []
  const seen = new Set<string>()
  const stack = dag.targets.toReversed().map((name) => ({ name, leaving: false }))
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const task = taskOf(dag, top.name)
    if (top.leaving) {
      ordered.push(task)
      continue
    }
    if (seen.has(top.name)) continue
    seen.add(top.name)
    stack.push({ name: top.name, leaving: true })
    for (const name of dependenciesOf(dag, top.name).toReversed())
      if (!seen.has(name)) stack.push({ name, leaving: false })
  }
  return ordered
}

/** All that `taskName` waits for, directly or not. */
export function ancestorsOf(dag: DagContext, taskName: string): readonly string[] {
  const found = new Set<string>()
  const open = [...dependenciesOf(dag, taskName)]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    found.add(name)
    open.push(...dependenciesOf(dag, name))
  }
  return [...found]
}

function taskOf(dag: DagContext, name: string): DagTask {
  const task = dag.tasks.get(name)
  if (task === undefined) {
    throw new ArgoError(`the dag ${dag.nodeName} has no task ${name}`, { code: 'ERR_BAD_REQUEST' })
  }
  return task
}

/** Those that were asked for, else those that nobody waits for. */
function targetsOf(
  template: Template,
  tasks: readonly DagTask[],
  dependencies: ReadonlyMap<string, DependsLogic>,
): readonly string[] {
  const target = template.dag?.target
  if (target) return target.split(' ').filter((name) => name !== '')
  const waitedFor = new Set([...dependencies.values()].flatMap((logic) => [...logic.tasks.keys()]))
  return tasks.map(({ name }) => name).filter((name) => !waitedFor.has(name))
}
