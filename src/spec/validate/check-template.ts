// One template as one caller reaches it: its type, its inputs against the caller's arguments, and once its body.

import { checkDag } from './check-dag.ts'
import { checkInputs } from './check-inputs.ts'
import { checkLeaf } from './check-leaf.ts'
import { checkOutputs } from './check-outputs.ts'
import { checkSteps } from './check-steps.ts'
import { addGlobalOutputs } from './output-scope.ts'
import { isDynamic, withPlaceholders } from './placeholders.ts'
import { hasLocationOrKey } from '../artifact-location.ts'
import { nearest } from '../../util/nearest.ts'
import type { Call, Context, IndexedTemplate } from './context.ts'
import type { Arguments, Template } from '../types.ts'

const types = ['container', 'script', 'steps', 'dag'] as const
const uncoveredTypes = ['containerSet', 'resource', 'suspend', 'data', 'http', 'plugin']
const typeChoices = 'container, containerSet, steps, script, resource, dag, suspend, template, template ref'

/** The template that was called, or undefined when it is not known or does not exist. */
export function checkTemplateCall(context: Context, call: Call): Template | undefined {
  const { template: name = '', prefix } = call
  if (isDynamic(name) || callsElsewhere(call.caller)) return undefined
  const indexed = context.templates.get(name)
  if (indexed === undefined) {
    const near = nearest(name, [...context.templates.keys()])
    const hint = near === undefined ? '' : `, did you mean '${near}'?`
    const message = name === '' ? 'names no template' : `template '${name}' does not exist${hint}`
    context.report.add(call.path, message, `${prefix}template name '${name}' undefined`)
    return undefined
  }
  checkTemplate(context, indexed, call)
  return indexed.template
}

/** Refused already, with the name of the feature. */
function callsElsewhere(caller: object | undefined): boolean {
  return caller !== undefined && ('inline' in caller || 'templateRef' in caller)
}

function checkTemplate(context: Context, indexed: IndexedTemplate, call: Call): void {
  const { template, path } = indexed
  const { report } = context
  const { prefix } = call
  const named = `templates.${template.name ?? ''}`
  const given = types.filter((type) => template[type] !== undefined)
  // A kind that is not covered was refused already: what follows from that is no news.
  if (given.length === 0 && uncoveredTypes.some((type) => type in template)) return
  if (given.length !== 1) {
    const message = given.length > 1 ? 'multiple template types specified' : 'has no type'
    const found = given.length > 1 ? ` (${given.join(', ')})` : `: give it one of ${types.join(', ')}`
    const unknown = `${prefix}template '${template.name ?? ''}' type is unknown`
    const many = `${prefix}${named} ${message}. choose one of: ${typeChoices}`
    report.add(path, `${message}${found}`, given.length > 1 ? many : unknown)
    return
  }
  const scope = checkInputs(context, indexed, prefix)
  if (call.arguments !== undefined) checkSupplied(context, template, call.arguments, call)
  if (context.visited.has(template.name ?? '')) return
  context.visited.add(template.name ?? '')
  const filled = withPlaceholders(template, context.globalValues, (message) => {
    report.add(path, message, `${prefix}${named}: ${message}`)
  })
  if (filled === undefined) return
  const body = { template: filled, path, original: template }
  for (const global of context.globals) scope.add(global)
  if (filled.steps !== undefined) checkSteps(context, body, scope, prefix)
  else if (filled.dag !== undefined) checkDag(context, body, scope, prefix)
  else checkLeaf(context, body, scope, prefix)
  checkOutputs(context, body, scope, prefix)
  addGlobalOutputs(context, template)
}

function checkSupplied(context: Context, template: Template, args: Arguments, call: Call): void {
  const missing: string[] = []
  for (const { name, default: fallback, value, valueFrom } of template.inputs?.parameters ?? []) {
    const given = args.parameters?.find((argument) => argument.name === name)
    if (
      [fallback, value, valueFrom, given?.value, given?.valueFrom].every((source) => source === undefined)
    ) {
      missing.push(`inputs.parameters.${name} was not supplied`)
    }
  }
  for (const artifact of template.inputs?.artifacts ?? []) {
    const given = args.artifacts?.some((argument) => argument.name === artifact.name)
    if (!given && artifact.optional !== true && !hasLocationOrKey(artifact)) {
      missing.push(`inputs.artifacts.${artifact.name} was not supplied`)
    }
  }
  for (const message of missing) {
    const name = template.name ?? ''
    context.report.add(
      call.path,
      `${message} to template '${name}'`,
      `${call.prefix}templates.${name} ${message}`,
    )
  }
}
