// The body of a dag template: dependencies, targets, loops, arguments, and that each tag comes from an ancestor.

import {
  dependsLogic,
  dependsResultProblem,
  type DependencyKind,
} from '../../expression/depends/depends-logic.ts'
import { childPath } from '../problem.ts'
import { checkArguments, sentence } from './check-arguments.ts'
import { unresolvedMessage } from './check-leaf.ts'
import { checkLoop } from './check-loop.ts'
import { checkNoDeadline } from './check-steps.ts'
import { nameProblems } from './names.ts'
import { addAggregates, addOutputs, isLoop } from './output-scope.ts'
import { isDynamic } from './placeholders.ts'
import { ancestorsOf, findCycle, inOrder, type TaskGraph } from './task-graph.ts'
import { unresolvedTags, type Scope } from './tags.ts'
import type { Context, IndexedTemplate, Prefix } from './context.ts'
import type { DagTask, Template } from '../types.ts'

interface Task {
  readonly task: DagTask
  readonly path: string
  /** `templates.x.tasks.y` */
  readonly named: string
  readonly dependencies: ReadonlyMap<string, DependencyKind>
}

/** `scope` grows by the outputs of all tasks; the template's outputs are checked with it. */
export function checkDag(
  context: Context,
  { template, path }: IndexedTemplate,
  scope: Set<string>,
  prefix: Prefix,
): void {
  const { report } = context
  const named = `${prefix}templates.${template.name ?? ''}`
  const { tasks = [], target = '' } = template.dag ?? {}
  checkNoDeadline(context, template, path, named)
  for (const { index, argoMessage } of nameProblems(tasks, 'template')) {
    report.add(childPath(`${path}.dag.tasks`, index), sentence(argoMessage), `${named}.tasks${argoMessage}`)
  }
  if (tasks.length === 0)
    report.add(`${path}.dag`, 'must have at least one task', `${named} must have at least one task`)
  const byName = indexTasks(tasks, `${path}.dag.tasks`, named)
  const graph: TaskGraph = new Map(
    [...byName].map(([name, { dependencies }]) => [name, [...dependencies.keys()]]),
  )
  const cycle = findCycle(graph)
  if (cycle !== undefined) {
    const message = `tasks depend on each other in a circle: ${cycle.join(' -> ')}`
    report.add(byName.get(cycle[0] ?? '')?.path ?? path, message, `${named} sorting failed: graph with cycle`)
  }
  const usesDepends = tasks.some(({ depends }) => Boolean(depends))
  const called = new Map<string, Template | undefined>()
  for (const name of inOrder(graph)) {
    const task = byName.get(name)
    if (task === undefined) continue
    checkDependencies(context, task, byName, { usesDepends, named })
    called.set(
      name,
      context.check({
        caller: task.task,
        template: task.task.template,
        path: `${task.path}.template`,
        prefix: `${task.named} `,
      }),
    )
    addOutputs(context, called.get(name), `tasks.${name}`, scope)
    addAggregates(task.task, `tasks.${name}`, scope)
    for (const global of context.globals) scope.add(global)
  }
  checkTarget(context, target, byName, { path: `${path}.dag.target`, named, scope })
  for (const [name, task] of byName) {
    checkTask(context, task, scope, lazyAncestors(graph, name))
  }
}

function indexTasks(tasks: readonly DagTask[], path: string, named: string): ReadonlyMap<string, Task> {
  const known = new Map(tasks.map((task) => [task.name, task]))
  return new Map(
    tasks.map((task, index) => {
      const { tasks: dependencies } = dependsLogic(task, (name) => known.get(name))
      return [
        task.name,
        { task, path: childPath(path, index), named: `${named}.tasks.${task.name}`, dependencies },
      ]
    }),
  )
}

function checkDependencies(
  context: Context,
  { task, path, named, dependencies }: Task,
  byName: ReadonlyMap<string, Task>,
  dag: { readonly usesDepends: boolean; readonly named: string },
): void {
  const { report } = context
  const add = (message: string, at = path): void => report.add(at, message, `${named} ${message}`)
  const usesDependencies = (task.dependencies?.length ?? 0) > 0
  if ((dag.usesDepends || usesDependencies) && /^\d/.test(task.name)) {
    add("name cannot begin with a digit when using either 'depends' or 'dependencies'")
  }
  if (dag.usesDepends && usesDependencies) {
    const message = "cannot use both 'depends' and 'dependencies' in the same DAG template"
    report.add(`${path}.dependencies`, message, `${dag.named} ${message}`)
  }
  if (dag.usesDepends && task.continueOn !== undefined) {
    const message =
      "cannot use 'continueOn' when using 'depends'. Instead use 'dep-task.Failed'/'dep-task.Errored'"
    report.add(`${path}.continueOn`, message, `${dag.named} ${message}`)
  }
  const resultProblem = dependsResultProblem(task.depends ?? '')
  if (resultProblem !== undefined) add(resultProblem, `${path}.depends`)
  for (const [name, kind] of dependencies) {
    const dependency = byName.get(name)
    const at = task.depends ? `${path}.depends` : `${path}.dependencies`
    if (dependency === undefined) add(`dependency '${name}' not defined`, at)
    else if (kind === 'items' && !isLoop(dependency.task)) {
      const reason =
        'uses an items-based condition such as .AnySucceeded or .AllFailed but does not contain any items'
      add(`dependency '${name}' ${reason}`, at)
    }
  }
}

function checkTarget(
  context: Context,
  target: string,
  byName: ReadonlyMap<string, Task>,
  place: { readonly path: string; readonly named: string; readonly scope: Scope },
): void {
  for (const unresolved of unresolvedTags(target, place.path, place.scope)) {
    const argoMessage = `${place.named}.targets failed to resolve {{${unresolved.tag}}}`
    context.report.add(place.path, unresolvedMessage(unresolved), argoMessage)
  }
  if (isDynamic(target)) return
  for (const name of target.split(/\s+/).filter(Boolean)) {
    if (byName.has(name)) continue
    context.report.add(
      place.path,
      `target '${name}' is not defined`,
      `${place.named}.targets target '${name}' is not defined`,
    )
  }
}

function checkTask(
  context: Context,
  { task, path, named }: Task,
  dagScope: Scope,
  isAncestor: (name: string) => boolean,
): void {
  const { report } = context
  const items = new Set<string>()
  const trouble = checkLoop(task, items)
  const scope: Scope = {
    has: (name) =>
      dagScope.has(name) || items.has(name) || isAncestor(/^tasks\.(.+)\.status$/.exec(name)?.[1] ?? ''),
    [Symbol.iterator]: () => [...dagScope, ...items].values(),
  }
  if (trouble !== undefined) report.add(path, trouble, `${named} ${trouble}`)
  for (const unresolved of unresolvedTags(task, path, scope)) {
    const argoMessage = `${named} failed to resolve {{${unresolved.tag}}}`
    report.add(unresolved.path, unresolvedMessage(unresolved), argoMessage)
  }
  checkArguments(task.arguments, { path: `${path}.arguments`, prefix: `${named}.arguments.` }, report)
  checkArgumentSources(context, { task, path, named }, isAncestor)
  const prefix = `${named} `
  if (task.onExit) context.check({ template: task.onExit, path: `${path}.onExit`, prefix })
  const call = {
    template: task.template,
    path: `${path}.template`,
    arguments: task.arguments ?? {},
    prefix,
    caller: task,
  }
  context.check(call)
}

/** An argument that is one reference to a task which need not have run yet. */
function checkArgumentSources(
  context: Context,
  { task, path, named }: { readonly task: DagTask; readonly path: string; readonly named: string },
  isAncestor: (name: string) => boolean,
): void {
  const check = (text: string | undefined, kind: string, name: string, at: string): void => {
    const source = /^\{\{tasks\.([^.{}\s]+)\./.exec(text ?? '')?.[1]
    if (source === undefined || isAncestor(source)) return
    const message = `missing dependency '${source}' for ${kind} '${name}'`
    context.report.add(at, message, `${named} ${message}`)
  }
  for (const [index, { name, value }] of (task.arguments?.parameters ?? []).entries()) {
    check(value, 'parameter', name, childPath(`${path}.arguments.parameters`, index))
  }
  for (const [index, { name, from }] of (task.arguments?.artifacts ?? []).entries()) {
    check(from, 'artifact', name, childPath(`${path}.arguments.artifacts`, index))
  }
}

/** Most tasks of a large dag never ask. */
function lazyAncestors(graph: TaskGraph, name: string): (other: string) => boolean {
  let ancestors: ReadonlySet<string> | undefined
  return (other) => (ancestors ??= ancestorsOf(graph, name)).has(other)
}
