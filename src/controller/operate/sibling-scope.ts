// Adds a finished step or task to the scope of those that come after it.

import { aggregateOutputs } from './aggregate-outputs.ts'
import { addOutputs, type Scope } from './scope.ts'
import type { Operation } from './operation.ts'
import type { NodeStatus, Template } from '../../spec/types.ts'

export interface SiblingOptions {
  /** `steps.NAME` or `tasks.NAME`. */
  readonly prefix: string
  readonly node: NodeStatus
  /** Steps also know the artifacts of skipped producers, as empty ones; tasks do not. */
  readonly emptyArtifacts: boolean
}

export function addSibling(operation: Operation, scope: Scope, options: SiblingOptions): void {
  const { prefix, node } = options
  const facts: Record<string, string | null | undefined> = {
    id: node.id,
    startedAt: node.startedAt,
    finishedAt: node.finishedAt,
    status: node.phase,
    hostNodeName: node.hostNodeName,
  }
  for (const [fact, value] of Object.entries(facts)) if (value) scope.parameters[`${prefix}.${fact}`] = value
  addOutputs(scope, prefix, node.outputs)
  if (node.phase === 'Skipped' || node.phase === 'Omitted') addAbsent(operation, scope, options)
}

/** The members of a loop under the name of the step or task that loops. */
export function addLoop(scope: Scope, prefix: string, members: readonly NodeStatus[]): void {
  Object.assign(scope.parameters, aggregateOutputs(prefix, members))
}

/** A producer that did not run: its outputs have their default, or are known to be absent (spec controller 3.7). */
function addAbsent(
  operation: Operation,
  scope: Scope,
  { prefix, node, emptyArtifacts }: SiblingOptions,
): void {
  const outputs = templateOf(operation, node)?.outputs
  for (const { name, valueFrom } of outputs?.parameters ?? []) {
    scope.parameters[`${prefix}.outputs.parameters.${name}`] ??= valueFrom?.default ?? null
  }
  if (!emptyArtifacts) return
  for (const { name } of outputs?.artifacts ?? [])
    scope.artifacts.set(`${prefix}.outputs.artifacts.${name}`, undefined)
}

function templateOf(operation: Operation, node: NodeStatus): Template | undefined {
  return node.templateName === undefined ? undefined : operation.templates.get(node.templateName)
}
