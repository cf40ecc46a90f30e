// Gives a template its arguments: values into its inputs, then every tag in reach into the whole template.

import { ArgoError, errorMessage, hasCode } from '../../errors/argo-error.ts'
import { goJson } from '../../expression/go-json.ts'
import { replaceTags, type Variables } from '../../expression/replace-tags.ts'
import { hasLocationOrKey } from '../../spec/artifact-location.ts'
import { configMapValue, type ParameterConfigMaps } from './config-map-value.ts'
import type { Arguments, Artifact, KeySelector, Parameter, Template } from '../../spec/types.ts'

/** Stands in an argument for the output of a skipped node that has no default: as if the argument were not given. */
export const absentOptional = '__argo-internal.absent-optional-output__'

export interface ProcessArgumentsInput {
  readonly template: Template
  readonly arguments: Arguments
  readonly globals: Variables
  /** Tags of this node alone, such as `pod.name`. */
  readonly locals: Variables
  readonly configMaps: ParameterConfigMaps
}

/** Spec controller 3.7. @throws ArgoError ERR_BAD_REQUEST with Argo's texts. */
export function processArguments(input: ProcessArgumentsInput): Template {
  const { template } = input
  const parameters = template.inputs?.parameters?.map((parameter) => resolveParameter(parameter, input))
  const artifacts = template.inputs?.artifacts?.map((artifact) => resolveArtifact(artifact, input.arguments))
  const filled: Template =
    template.inputs === undefined
      ? template
      : {
          ...template,
          inputs: { ...template.inputs, ...(parameters && { parameters }), ...(artifacts && { artifacts }) },
        }
  return substitute(filled, input)
}

function resolveParameter(declared: Parameter, input: ProcessArgumentsInput): Parameter {
  const supplied = input.arguments.parameters?.find(({ name }) => name === declared.name)
  const absent = supplied?.value === absentOptional
  let parameter = withDefault(declared)
  if (supplied !== undefined && !absent) parameter = overrideBy(parameter, supplied)
  const selector = parameter.valueFrom?.configMapKeyRef
  if (selector !== undefined) {
    return { ...parameter, value: fromConfigMap(parameter, selector, input) }
  }
  if (parameter.value !== undefined) return parameter
  throw badRequest(
    absent
      ? `inputs.parameters.${declared.name}: argument references an absent optional (skipped/omitted node output with no default)`
      : `inputs.parameters.${declared.name} was not supplied`,
  )
}

/** A value ends whatever the template itself would take it from; a source takes the place of its source. */
function overrideBy(parameter: Parameter, { value, valueFrom }: Parameter): Parameter {
  const { value: _value, valueFrom: _valueFrom, ...declared } = parameter
  if (value !== undefined) return { ...declared, value }
  return valueFrom === undefined ? parameter : { ...declared, valueFrom }
}

function withDefault(parameter: Parameter): Parameter {
  if (parameter.value !== undefined || parameter.default === undefined) return parameter
  return { ...parameter, value: parameter.default }
}

function fromConfigMap(parameter: Parameter, selector: KeySelector, input: ProcessArgumentsInput): string {
  const replace = (text: string): string =>
    JSON.parse(replaceTags(JSON.stringify(text), input.globals, { allowUnresolved: true })) as string
  try {
    return configMapValue(input.configMaps, {
      name: replace(selector.name ?? ''),
      key: replace(selector.key),
    })
  } catch (error) {
    const fallback = parameter.valueFrom?.default
    if (fallback !== undefined && hasCode(error, 'ERR_NOT_FOUND')) return fallback
    throw badRequest(
      `unable to retrieve inputs.parameters.${parameter.name} from ConfigMap: ${errorMessage(error)}`,
    )
  }
}

function resolveArtifact(declared: Artifact, given: Arguments): Artifact {
  const supplied = given.artifacts?.find(({ name }) => name === declared.name)
  const isOptional = declared.optional === true || hasLocationOrKey(declared)
  if (!isOptional) {
    if (supplied === undefined) throw badRequest(`inputs.artifacts.${declared.name} was not supplied`)
    if (!supplied.from && !hasLocationOrKey(supplied)) {
      throw badRequest(`inputs.artifacts.${declared.name} missing location information`)
    }
  }
  // deviates: Argo puts the empty artifact of a skipped producer in place of the declared one, and its executor then
  // misses what was optional.
  if (supplied === undefined || (!supplied.from && !hasLocationOrKey(supplied))) return declared
  const { path, mode, recurseMode } = declared
  const { path: _path, mode: _mode, recurseMode: _recurseMode, ...place } = supplied
  return {
    ...place,
    ...(path !== undefined && { path }),
    ...(mode !== undefined && { mode }),
    ...(recurseMode !== undefined && { recurseMode }),
  }
}

/** Globals and locals first, so that inputs may hold them; then inputs and the paths of artifacts. */
function substitute(template: Template, input: ProcessArgumentsInput): Template {
  const outer = replaceTags(
    JSON.stringify(template),
    { ...input.globals, ...input.locals },
    { allowUnresolved: true },
  )
  const inputs = inputTags(JSON.parse(outer) as Template)
  // The values of inputs and of global parameters may hold tags of their own.
  const tags = { ...input.globals, ...input.locals, ...inputs }
  return JSON.parse(replaceTags(outer, tags, { allowUnresolved: true })) as Template
}

function inputTags(template: Template): Record<string, string> {
  const tags: Record<string, string> = { 'inputs.parameters': goJson(template.inputs?.parameters ?? []) }
  for (const { name, value } of template.inputs?.parameters ?? []) {
    if (value !== undefined) tags[`inputs.parameters.${name}`] = value
  }
  for (const { name, path } of template.inputs?.artifacts ?? [])
    if (path) tags[`inputs.artifacts.${name}.path`] = path
  for (const { name, path } of template.outputs?.artifacts ?? [])
    if (path) tags[`outputs.artifacts.${name}.path`] = path
  for (const { name, valueFrom } of template.outputs?.parameters ?? []) {
    if (valueFrom?.path) tags[`outputs.parameters.${name}.path`] = valueFrom.path
  }
  return tags
}

function badRequest(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}
