// The body of a steps template: names, loops, arguments, and that each tag is known when its group starts.

import { childPath } from '../problem.ts'
import { checkArguments } from './check-arguments.ts'
import { unresolvedMessage } from './check-leaf.ts'
import { checkLoop } from './check-loop.ts'
import { nameTroubles } from './names.ts'
import { addAggregates, addOutputs } from './output-scope.ts'
import { unresolvedTags } from './tags.ts'
import type { Context, IndexedTemplate, Prefix } from './context.ts'
import type { Template, WorkflowStep } from '../types.ts'

/** `scope` grows by the outputs of the steps; the template's outputs are checked with it. */
export function checkSteps(
  context: Context,
  { template, path, original = template }: IndexedTemplate,
  scope: Set<string>,
  prefix: Prefix,
): void {
  const named = `${prefix}templates.${template.name ?? ''}`
  checkNoDeadline(context, template, path, named)
  const names = new Set<string>()
  for (const [index, group] of (template.steps ?? []).entries()) {
    const groupPath = childPath(`${path}.steps`, index)
    const called = group.map((step, position) => {
      const at = childPath(groupPath, position)
      const shown = original.steps?.[index]?.[position]?.name ?? ''
      checkName(context, { name: step.name ?? '', shown }, names, at, `${named}.steps[${index}]`)
      return checkStep(context, step, scope, at, `${named}.steps[${index}].${step.name ?? ''}`)
    })
    for (const unresolved of unresolvedTags(group, groupPath, scope)) {
      const argoMessage = `${named}.steps failed to resolve {{${unresolved.tag}}}`
      context.report.add(unresolved.path, unresolvedMessage(unresolved), argoMessage)
    }
    for (const [position, step] of group.entries()) {
      const way = `${named}.steps[${index}].${step.name ?? ''} `
      const at = `${childPath(groupPath, position)}.template`
      addOutputs(context, called[position], `steps.${step.name ?? ''}`, scope)
      addAggregates(step, `steps.${step.name ?? ''}`, scope)
      for (const global of context.globals) scope.add(global)
      context.check({
        template: step.template,
        path: at,
        arguments: step.arguments ?? {},
        prefix: way,
        caller: step,
      })
    }
  }
}

/** Deadlines of steps and dags are not enforced by anything. */
export function checkNoDeadline(context: Context, template: Template, path: string, named: string): void {
  if (template.activeDeadlineSeconds === undefined) return
  const message = 'activeDeadlineSeconds is only valid for leaf templates'
  context.report.add(`${path}.activeDeadlineSeconds`, message, `${named}.${message}`)
}

function checkName(
  context: Context,
  { name, shown }: { readonly name: string; readonly shown: string },
  names: Set<string>,
  path: string,
  named: string,
): void {
  const troubles = nameTroubles(name, 'template')
  const at = `${path}.name`
  if (name === '') context.report.add(path, 'name is required', `${named}.name is required`)
  else if (names.has(name))
    context.report.add(at, `'${shown}' is not unique`, `${named}.name '${shown}' is not unique`)
  else if (troubles.length > 0) {
    const message = `'${shown}' is invalid: ${troubles.join(';')}`
    context.report.add(at, message, `${named}.name ${message}`)
  }
  names.add(name)
}

function checkStep(
  context: Context,
  step: WorkflowStep,
  scope: Set<string>,
  path: string,
  named: string,
): Template | undefined {
  scope.add(`steps.${step.name ?? ''}.status`)
  const trouble = checkLoop(step, scope)
  if (trouble !== undefined) context.report.add(path, trouble, `${named} ${trouble}`)
  checkArguments(step.arguments, { path: `${path}.arguments`, prefix: `${named}.arguments.` }, context.report)
  const prefix = `${named} `
  if (step.onExit) context.check({ template: step.onExit, path: `${path}.onExit`, prefix })
  return context.check({ template: step.template, path: `${path}.template`, prefix, caller: step })
}
