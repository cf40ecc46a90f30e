// The outputs of a template: names, sources that fit its type, tags.

import { childPath } from '../problem.ts'
import { sentence } from './check-arguments.ts'
import { artifactTrouble } from './check-inputs.ts'
import { unresolvedMessage } from './check-leaf.ts'
import { nameProblems, nameTroubles } from './names.ts'
import { unresolvedTags, type Scope } from './tags.ts'
import type { Context, IndexedTemplate, Prefix } from './context.ts'
import type { Parameter } from '../types.ts'

interface Place {
  readonly path: string
  /** `templates.x.outputs.parameters.y` */
  readonly named: string
  readonly prefix: Prefix
}

const kinds = 'choose one of: path, jqFilter, jsonPath, parameter, raw'

export function checkOutputs(
  context: Context,
  { template, path }: IndexedTemplate,
  scope: Scope,
  prefix: Prefix,
): void {
  const { report } = context
  const named = `templates.${template.name ?? ''}`
  const outputsPath = `${path}.outputs`
  for (const list of ['parameters', 'artifacts'] as const) {
    for (const { index, argoMessage } of nameProblems(template.outputs?.[list], 'parameter')) {
      const at = childPath(`${outputsPath}.${list}`, index)
      report.add(at, sentence(argoMessage), `${prefix}${named}.outputs.${list} ${argoMessage}`)
    }
  }
  for (const unresolved of unresolvedTags(template.outputs, outputsPath, scope)) {
    const argoMessage = `${prefix}${named}.outputs failed to resolve {{${unresolved.tag}}}`
    report.add(unresolved.path, unresolvedMessage(unresolved), argoMessage)
  }
  const isLeaf = template.container !== undefined || template.script !== undefined
  for (const [index, artifact] of (template.outputs?.artifacts ?? []).entries()) {
    const place = {
      path: childPath(`${outputsPath}.artifacts`, index),
      named: `${named}.outputs.artifacts.${artifact.name}`,
      prefix,
    }
    const trouble = artifactTrouble(artifact.path ?? '', isLeaf)
    if (trouble !== undefined) report.add(place.path, trouble, `${prefix}${place.named}.${trouble}`)
    checkGlobalName(context, artifact.globalName, place)
  }
  const type =
    template.script !== undefined ? 'Script' : template.container !== undefined ? 'Container' : undefined
  for (const [index, parameter] of (template.outputs?.parameters ?? []).entries()) {
    const place = {
      path: childPath(`${outputsPath}.parameters`, index),
      named: `${named}.outputs.parameters.${parameter.name}`,
      prefix,
    }
    checkSource(context, parameter, place)
    checkSourceFits(context, parameter, type ?? (template.dag === undefined ? 'Steps' : 'DAG'), place)
    checkGlobalName(context, parameter.globalName, place)
  }
}

function checkSource(context: Context, { value, valueFrom }: Parameter, place: Place): void {
  const { report } = context
  if (value !== undefined && valueFrom !== undefined) {
    const message = 'has both valueFrom and value specified. Choose one.'
    report.add(place.path, message, `${place.prefix}${place.named} ${message}`)
  }
  if (value !== undefined) return
  if (valueFrom === undefined) {
    const message = 'does not have valueFrom or value specified'
    report.add(place.path, message, `${place.prefix}${place.named} ${message}`)
    return
  }
  const given = [valueFrom.path, valueFrom.parameter].filter(Boolean).length
  if (given === 1) return
  const message =
    given === 0 ? `valueFrom type unspecified. ${kinds}` : `multiple valueFrom types specified. ${kinds}`
  // parity: these two do not say where.
  report.add(`${place.path}.valueFrom`, message, `${place.prefix}${message}`)
}

function checkSourceFits(context: Context, { valueFrom }: Parameter, type: string, place: Place): void {
  if (valueFrom === undefined) return
  const isLeaf = type === 'Container' || type === 'Script'
  if (isLeaf ? valueFrom.path : valueFrom.parameter) return
  const message = `${isLeaf ? 'path' : 'parameter or expression'} must be specified for ${type} templates`
  context.report.add(`${place.path}.valueFrom`, message, `${place.prefix}${place.named}.${message}`)
}

function checkGlobalName(context: Context, globalName: string | undefined, place: Place): void {
  if (!globalName || globalName.includes('{{')) return
  const troubles = nameTroubles(globalName, 'parameter')
  if (troubles.length === 0) return
  const message = troubles.join(';')
  context.report.add(
    `${place.path}.globalName`,
    message,
    `${place.prefix}${place.named}.globalName: ${message}`,
  )
}
