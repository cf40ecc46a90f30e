// Reads the controller's configuration: the keys of the ConfigMap that Argo's controller has, each holding YAML.

import { ArgoError } from '../../errors/argo-error.ts'
import { nearest } from '../../util/nearest.ts'
import { parseYamlValue } from './parse-yaml-value.ts'
import type { ControllerConfig } from '../../spec/types.ts'

export interface ParsedConfig {
  readonly config: ControllerConfig
  /** Keys that have no effect here, one sentence each. */
  readonly warnings: readonly string[]
}

/** Keys that are covered, and what their value must be. */
const keys = {
  artifactRepository: 'object',
  images: 'object',
  executor: 'object',
  mainContainer: 'object',
  kubeConfig: 'object',
  workflowDefaults: 'object',
  instanceID: 'string',
} as const satisfies Record<keyof ControllerConfig, 'object' | 'string'>

/** Keys of Argo that say how its controller works and not what a workflow does: left out without harm. */
const withoutEffect: ReadonlySet<string> = new Set([
  'artifactDrivers',
  'columns',
  'cronWorkflowsTimeZone',
  'initialDelay',
  'links',
  'metricsConfig',
  'navColor',
  'nodeEvents',
  'podGCDeleteDelayDuration',
  'podGCGracePeriodSeconds',
  'retentionPolicy',
  'sso',
  'telemetryConfig',
  'workflowEvents',
  'resourceRateLimit',
  'parallelism',
  'namespaceParallelism',
  'persistence',
  'synchronization',
  'failedPodRestart',
])

/**
 * `data` of the ConfigMap, or the members of a configuration file. A single key `config` that holds everything is
 * understood too. @throws ArgoError ERR_INVALID_INPUT for a value that cannot be read.
 */
export function parseControllerConfig(data: Readonly<Record<string, unknown>>, where: string): ParsedConfig {
  const flat =
    typeof data['config'] === 'string' ? { ...data, ...readMap(data['config'], `${where} key config`) } : data
  const config: Record<string, unknown> = {}
  const warnings: string[] = []
  for (const [key, raw] of Object.entries(flat)) {
    if (key === 'config') continue
    if (!isCovered(key)) {
      warnings.push(describeUnknown(key, where))
      continue
    }
    const value = typeof raw === 'string' ? parseYamlValue(raw, `${where} key ${key}`) : raw
    if (value === undefined || value === null) continue
    if (keys[key] === 'string' && typeof value !== 'object')
      config[key] = `${value as string | number | boolean}`
    else if (keys[key] === 'object' && typeof value === 'object' && !Array.isArray(value)) config[key] = value
    else
      throw new ArgoError(
        `read ${where}: ${key} must be ${keys[key] === 'string' ? 'a text' : 'a map of fields'}`,
        { code: 'ERR_INVALID_INPUT' },
      )
  }
  return { config: config as ControllerConfig, warnings }
}

function isCovered(key: string): key is keyof typeof keys {
  return Object.hasOwn(keys, key)
}

function describeUnknown(key: string, where: string): string {
  if (withoutEffect.has(key)) return `${where}: ${key} has no effect yet`
  const near = nearest(key, Object.keys(keys))
  return `${where}: ${key} is not a key of the configuration${near === undefined ? '' : `, did you mean ${near}?`}`
}

function readMap(text: string, where: string): Readonly<Record<string, unknown>> {
  const value = parseYamlValue(text, where)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw new ArgoError(`read ${where}: expected a map of keys`, { code: 'ERR_INVALID_INPUT' })
}
