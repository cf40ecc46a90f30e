// Whether a DAG task may proceed and whether it runs, from the nodes that it depends on.

import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import { evaluateCondition, type TaskResults } from './evaluate-condition.ts'

/** What is looked at of a node; the phase names are those of the API. */
export interface DependencyNode {
  readonly phase: string
  readonly type: string
  readonly daemoned?: boolean
  /** false while a hook of the node runs, default true. */
  readonly hooksFulfilled?: boolean
  /** Phases of the children of a TaskGroup; undefined for a child that does not exist yet. */
  readonly childPhases?: readonly (string | undefined)[]
}

export interface DependsInput {
  /** Of `dependsLogic`. */
  readonly logic: string
  /** The task's own node exists already: it was let through before. */
  readonly ownNodeExists: boolean
  /** By task name; undefined for a node that does not exist yet. */
  readonly dependencies: Readonly<Record<string, DependencyNode | undefined>>
}

export interface DependsDecision {
  /** All dependencies have ended, so the decision is final. */
  readonly proceed: boolean
  readonly execute: boolean
}

const fulfilledPhases: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Error', 'Skipped', 'Omitted'])

/** Spec controller 3.3. @throws ArgoError ERR_BAD_REQUEST when the condition is malformed. */
export function evaluateDepends(input: DependsInput): DependsDecision {
  if (input.ownNodeExists) return { proceed: true, execute: true }
  const results: Record<string, TaskResults> = {}
  for (const [name, node] of Object.entries(input.dependencies)) {
    if (node === undefined || !isFulfilled(node) || node.hooksFulfilled === false)
      return { proceed: false, execute: false }
    results[name] = resultsOf(node)
  }
  if (input.logic === '') return { proceed: true, execute: true }
  try {
    return { proceed: true, execute: evaluateCondition(input.logic, results) }
  } catch (error) {
    const shown = input.logic.replaceAll('-', '_')
    throw new ArgoError(`unable to evaluate expression '${shown}': ${errorMessage(error)}`, {
      code: 'ERR_BAD_REQUEST',
      cause: error,
    })
  }
}

function isFulfilled(node: DependencyNode): boolean {
  return fulfilledPhases.has(node.phase) || (node.daemoned === true && node.phase !== 'Pending')
}

function resultsOf(node: DependencyNode): TaskResults {
  const children = node.type === 'TaskGroup' ? (node.childPhases ?? []) : []
  return {
    Succeeded: node.phase === 'Succeeded',
    Failed: node.phase === 'Failed',
    Errored: node.phase === 'Error',
    Skipped: node.phase === 'Skipped',
    Omitted: node.phase === 'Omitted',
    Daemoned: node.daemoned === true && node.phase !== 'Pending',
    AnySucceeded: children.includes('Succeeded'),
    AllFailed: children.length > 0 && children.every((phase) => phase === 'Failed'),
  }
}
