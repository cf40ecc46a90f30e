// Arguments of a workflow, step or task: names, values, and where values may come from.

import { hasLocationOrKey } from '../artifact-location.ts'
import { childPath } from '../problem.ts'
import { nameProblems } from './names.ts'
import type { Report } from './report.ts'
import type { Arguments, Parameter } from '../types.ts'

export interface ArgumentPlace {
  /** Our path of the `arguments`. */
  readonly path: string
  /** Argo's words in front of the name, e.g. `spec.arguments.`. */
  readonly prefix: string
  /** Whether a parameter may have no value: lint, where values come with the submission. */
  readonly allowEmpty?: boolean
}

export function checkArguments(args: Arguments | undefined, place: ArgumentPlace, report: Report): void {
  for (const list of ['parameters', 'artifacts'] as const) {
    for (const { index, argoMessage } of nameProblems(args?.[list], 'parameter')) {
      report.add(
        childPath(`${place.path}.${list}`, index),
        sentence(argoMessage),
        `${place.prefix}${list}${argoMessage}`,
      )
    }
  }
  for (const [index, parameter] of (args?.parameters ?? []).entries()) {
    checkParameter(parameter, childPath(`${place.path}.parameters`, index), place, report)
  }
  for (const [index, artifact] of (args?.artifacts ?? []).entries()) {
    if (artifact.from || hasLocationOrKey(artifact)) continue
    const message = 'from, artifact location, or key is required'
    report.add(
      childPath(`${place.path}.artifacts`, index),
      message,
      `${place.prefix}${artifact.name}.${message}`,
    )
  }
}

/** `[0].name is required` without the index, which our path has already. */
export function sentence(argoMessage: string): string {
  return argoMessage.replace(/^\[\d+\]\./, '')
}

function checkParameter(parameter: Parameter, path: string, place: ArgumentPlace, report: Report): void {
  const name = `${place.prefix}${parameter.name}`
  const { value, valueFrom } = parameter
  if (value === undefined && valueFrom === undefined && place.allowEmpty !== true) {
    report.add(
      path,
      `'${parameter.name}' needs a value or a valueFrom`,
      `${name}.value or ${name}.valueFrom is required`,
    )
  }
  if (valueFrom !== undefined) {
    const fromElsewhere = valueFrom.path !== undefined || valueFrom.parameter !== undefined
    if (fromElsewhere || (valueFrom.configMapKeyRef === undefined && value === undefined)) {
      const message = 'valueFrom only allows: default, configMapKeyRef and supplied'
      report.add(childPath(path, 'valueFrom'), message, `${name}.${message}`)
    }
  }
  checkEnum(parameter, path, name, report)
}

function checkEnum(parameter: Parameter, path: string, name: string, report: Report): void {
  const { value } = parameter
  if (parameter.enum === undefined) return
  if (parameter.enum.length === 0) {
    report.add(
      `${path}.enum`,
      'should contain at least one value',
      `${name}.enum should contain at least one value`,
    )
  } else if (value !== undefined && !value.includes('{{') && !parameter.enum.includes(value)) {
    const message = `value '${value}' is none of: ${parameter.enum.join(', ')}`
    report.add(`${path}.value`, message, `${name}.value should be present in ${name}.enum list`)
  }
}
