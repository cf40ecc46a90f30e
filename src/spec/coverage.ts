// What of Argo's Workflow is covered, as data: for the README, for refusals, and for the test that none is forgotten.

import { struct, type StructName } from './schema/struct.ts'
import type { Type } from './schema/notation.ts'

export interface FieldCoverage {
  /** Path within a workflow, lists as `[]`, maps as `{}`, e.g. `spec.templates[].container.image`. */
  readonly path: string
  readonly type: Type
  /** Name of the struct that declares it. */
  readonly owner: string
  /** The feature that is not covered yet; undefined for a covered field. */
  readonly uncovered?: string
}

/** In words, in the order in which a reader looks for them. */
export const coveredFeatures: readonly string[] = [
  'container and script templates',
  'steps, and dags with depends, dependencies, target, failFast and continueOn',
  'parameters: value, default, enum, from a ConfigMap, from outputs, outputs.result, global names',
  'artifacts: s3, http and raw; from, keys, archive none, tar and zip, modes, subPath, optional',
  'artifact repositories from the ConfigMap artifact-repositories and from the configuration, archiveLocation, archiveLogs',
  'when, withItems, withParam, withSequence',
  'simple {{tags}} and workflow.* variables',
  'exit handlers, activeDeadlineSeconds, shutdown Stop and Terminate',
  'volumes, volume mounts, environment, resources, probes, security contexts, service accounts, metadata',
  'scheduling (node selectors, affinity, tolerations, schedulers, priority classes), network and image pull secrets',
]

/** Every field that a workflow may have, by a walk over the schema; a struct within itself is entered once. */
export function fieldCoverage(): readonly FieldCoverage[] {
  const fields: FieldCoverage[] = []
  walk('Workflow', '', new Set(), fields)
  return fields
}

/** Features that are refused, each with the fields that ask for it. */
export function uncoveredFeatures(): ReadonlyMap<string, readonly string[]> {
  const features = new Map<string, string[]>([['expression tags', ['{{= ... }}']]])
  for (const { path, uncovered } of fieldCoverage()) {
    if (uncovered !== undefined) features.set(uncovered, [...(features.get(uncovered) ?? []), path])
  }
  return features
}

function walk(name: StructName, path: string, open: ReadonlySet<string>, fields: FieldCoverage[]): void {
  if (open.has(name)) return
  for (const { name: key, type, uncovered } of struct(name).fields) {
    const at = path === '' ? key : `${path}.${key}`
    fields.push({ path: at, type, owner: name, ...(uncovered !== undefined && { uncovered }) })
    const inner = innermost(type)
    if (inner.type.kind === 'struct') {
      walk(inner.type.name as StructName, at + inner.suffix, new Set([...open, name]), fields)
    }
  }
}

function innermost(type: Type): { readonly type: Type; readonly suffix: string } {
  if (type.kind !== 'list' && type.kind !== 'map') return { type, suffix: '' }
  const { type: inner, suffix } = innermost(type.element)
  return { type: inner, suffix: `${type.kind === 'list' ? '[]' : '{}'}${suffix}` }
}
