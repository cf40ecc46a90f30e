// What a DAG task waits for: the tasks its `depends` or `dependencies` name, and the full condition they stand for.

export interface DependingTask {
  readonly dependencies?: readonly string[]
  readonly depends?: string
}

export interface DependedTask {
  readonly continueOn?: { readonly error?: boolean; readonly failed?: boolean }
}

/** 'items' when a result was asked for that only loops have (AnySucceeded, AllFailed). */
export type DependencyKind = 'task' | 'items'

export interface DependsLogic {
  /** In order of first mention. */
  readonly tasks: ReadonlyMap<string, DependencyKind>
  /** Every bare task spelt out; '' when the task depends on nothing. */
  readonly logic: string
}

export const taskResultNames = [
  'Succeeded',
  'Failed',
  'Errored',
  'Skipped',
  'Omitted',
  'Daemoned',
  'AnySucceeded',
  'AllFailed',
] as const
export type TaskResultName = (typeof taskResultNames)[number]

const itemResults: ReadonlySet<string> = new Set(['AnySucceeded', 'AllFailed'])
const mention = /(?<withResult>[a-zA-Z0-9][-a-zA-Z0-9]*?\.[A-Z][a-zA-Z]+)|(?<task>[a-zA-Z0-9][-a-zA-Z0-9]*)/g

/**
 * parity: every word counts as a task, `and` and `not` too (spec controller 3.3).
 * `taskOf` looks a task of the same DAG up; an unknown one expands as one without continueOn.
 */
export function dependsLogic(
  task: DependingTask,
  taskOf: (name: string) => DependedTask | undefined,
): DependsLogic {
  const tasks = new Map<string, DependencyKind>()
  if (task.depends === undefined || task.depends === '') {
    for (const name of task.dependencies ?? []) tasks.set(name, 'task')
    return { tasks, logic: [...tasks.keys()].map((name) => spelledOut(name, taskOf(name))).join(' && ') }
  }
  const logic = task.depends.replace(mention, (text: string, withResult: string | undefined) => {
    const [name = '', result] = text.split('.')
    if (result !== undefined && itemResults.has(result)) tasks.set(name, 'items')
    else if (!tasks.has(name)) tasks.set(name, 'task')
    return withResult ?? spelledOut(name, taskOf(name))
  })
  return { tasks, logic }
}

/** The first result name that does not exist, as the message of Argo; undefined when all do. */
export function dependsResultProblem(depends: string): string | undefined {
  const known: readonly string[] = taskResultNames
  for (const [text] of depends.matchAll(mention)) {
    const [name = '', result] = text.split('.')
    if (result !== undefined && !known.includes(result)) {
      return `task result '${result}' for task '${name}' is invalid`
    }
  }
  return undefined
}

function spelledOut(name: string, task: DependedTask | undefined): string {
  const results = ['Succeeded', 'Skipped', 'Daemoned']
  if (task?.continueOn?.error === true) results.push('Errored')
  if (task?.continueOn?.failed === true) results.push('Failed')
  return `(${results.map((result) => `${name}.${result}`).join(' || ')})`
}
