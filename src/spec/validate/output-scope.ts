// The names that a step or task gives to those that come after it.

import { nameTroubles } from './names.ts'
import type { Context } from './context.ts'
import type { DagTask, Template, WorkflowStep } from '../types.ts'

const leafOrGroup = ['container', 'script', 'steps', 'dag'] as const

/** `prefix` is `steps.NAME` or `tasks.NAME`.  */
export function addOutputs(
  context: Context,
  template: Template | undefined,
  prefix: string,
  scope: Set<string>,
): void {
  for (const name of ['id', 'startedAt', 'finishedAt', 'hostNodeName', 'ip']) scope.add(`${prefix}.${name}`)
  if (template === undefined || leafOrGroup.every((type) => template[type] === undefined)) {
    // Chosen when the workflow runs, or of a kind that is refused already: its outputs are not known here.
    scope.add(`${prefix}.*`)
  }
  if (template === undefined) return
  if (template.container !== undefined || template.script !== undefined) {
    scope.add(`${prefix}.outputs.result`).add(`${prefix}.exitCode`)
  }
  for (const { name } of template.outputs?.parameters ?? []) scope.add(`${prefix}.outputs.parameters.${name}`)
  for (const { name } of template.outputs?.artifacts ?? []) scope.add(`${prefix}.outputs.artifacts.${name}`)
  addGlobalOutputs(context, template)
}

/** Outputs with a globalName are in reach of everything that is looked at later. */
export function addGlobalOutputs(context: Context, template: Template): void {
  const { parameters = [], artifacts = [] } = template.outputs ?? {}
  for (const { globalName } of parameters) addGlobal(context, 'workflow.outputs.parameters.', globalName)
  for (const { globalName } of artifacts) addGlobal(context, 'workflow.outputs.artifacts.', globalName)
}

/** What a loop adds: the lists of its iterations' outputs. */
export function addAggregates(step: WorkflowStep | DagTask, prefix: string, scope: Set<string>): void {
  if (!isLoop(step)) return
  scope.add(`${prefix}.outputs.parameters`).add(`${prefix}.outputs.result`)
}

export function isLoop(step: WorkflowStep | DagTask): boolean {
  return (step.withItems?.length ?? 0) > 0 || Boolean(step.withParam) || step.withSequence !== undefined
}

function addGlobal(context: Context, prefix: string, globalName: string | undefined): void {
  if (!globalName) return
  if (globalName.includes('{{')) context.globals.add(`${prefix}*`)
  else if (nameTroubles(globalName, 'parameter').length === 0) context.globals.add(prefix + globalName)
}
