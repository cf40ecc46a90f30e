// The `workflow.*` tags: what every template of a workflow may refer to (spec controller 3.8).

import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import { goJson } from '../../expression/go-json.ts'
import { strftime, strftimeLetters, utcWallTime } from '../../expression/strftime.ts'
import { configMapValue, type ParameterConfigMaps } from './config-map-value.ts'
import type { ObjectMeta, Outputs, Parameter, WorkflowSpec, WorkflowStatus } from '../../spec/types.ts'

export interface GlobalTagsInput {
  readonly metadata: ObjectMeta
  readonly spec: WorkflowSpec
  readonly status: WorkflowStatus
  readonly configMaps: ParameterConfigMaps
  readonly now: Date
}

/** @throws ArgoError ERR_BAD_REQUEST when a parameter has no value or its ConfigMap is missing. */
export function globalTags(input: GlobalTagsInput): Record<string, string> {
  const { metadata, spec, status } = input
  return {
    'workflow.name': metadata.name ?? '',
    'workflow.namespace': metadata.namespace ?? '',
    'workflow.mainEntrypoint': spec.entrypoint ?? '',
    'workflow.serviceAccountName': spec.serviceAccountName ?? '',
    'workflow.uid': metadata.uid ?? '',
    ...creationTags(metadata.creationTimestamp),
    'workflow.status': status.phase ?? '',
    'workflow.failures': JSON.stringify('null'),
    'workflow.duration': durationText(status.startedAt, input.now),
    ...scheduledTimeTag(metadata),
    ...parameterTags(input),
    ...mapTags('annotations', metadata.annotations ?? {}),
    ...mapTags('labels', metadata.labels ?? {}),
    ...outputTags(status.outputs),
  }
}

/** Seconds with six digits, as Go prints a float. */
export function durationText(startedAt: string | null | undefined, now: Date): string {
  if (!startedAt) return '0.000000'
  return (Math.max(0, now.getTime() - Date.parse(startedAt)) / 1000).toFixed(6)
}

function creationTags(created: string | undefined): Record<string, string> {
  const date = new Date(created ?? Number.NaN)
  if (Number.isNaN(date.getTime())) return {}
  const prefix = 'workflow.creationTimestamp'
  const wall = utcWallTime(date)
  return {
    [prefix]: `${date.toISOString().slice(0, 19)}Z`,
    [`${prefix}.s`]: String(Math.floor(date.getTime() / 1000)),
    [`${prefix}.RFC3339`]: `${date.toISOString().slice(0, 19)}Z`,
    ...Object.fromEntries(
      strftimeLetters.map((letter) => [`${prefix}.${letter}`, strftime(`%${letter}`, wall)]),
    ),
  }
}

function scheduledTimeTag(metadata: ObjectMeta): Record<string, string> {
  const scheduled = metadata.annotations?.['workflows.argoproj.io/scheduled-time']
  return scheduled === undefined ? {} : { 'workflow.scheduledTime': scheduled }
}

function parameterTags(input: GlobalTagsInput): Record<string, string> {
  const parameters = input.spec.arguments?.parameters ?? []
  const json = goJson(parameters)
  const tags: Record<string, string> = { 'workflow.parameters': json, 'workflow.parameters.json': json }
  for (const parameter of parameters) {
    tags[`workflow.parameters.${parameter.name}`] = globalValue(parameter, input.configMaps)
  }
  return tags
}

function globalValue(parameter: Parameter, configMaps: ParameterConfigMaps): string {
  const { name, value, valueFrom } = parameter
  if (value !== undefined) return value
  const selector = valueFrom?.configMapKeyRef
  if (selector === undefined) {
    throw badRequest(`either value or valueFrom must be specified in order to set global parameter ${name}`)
  }
  try {
    return configMapValue(configMaps, selector)
  } catch (error) {
    if (valueFrom?.default !== undefined) return valueFrom.default
    throw badRequest(
      `failed to set global parameter ${name} from configmap with name ${selector.name ?? ''} and key ${selector.key}: ${errorMessage(error)}`,
    )
  }
}

function mapTags(
  kind: 'annotations' | 'labels',
  map: Readonly<Record<string, string>>,
): Record<string, string> {
  const json = goJson(map)
  return {
    [`workflow.${kind}`]: json,
    [`workflow.${kind}.json`]: json,
    ...Object.fromEntries(Object.entries(map).map(([key, value]) => [`workflow.${kind}.${key}`, value])),
  }
}

/** Outputs with a global name from earlier passes. */
function outputTags(outputs: Outputs | undefined): Record<string, string> {
  return Object.fromEntries(
    (outputs?.parameters ?? []).flatMap(({ name, value }) =>
      value === undefined ? [] : [[`workflow.outputs.parameters.${name}`, value]],
    ),
  )
}

function badRequest(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}
