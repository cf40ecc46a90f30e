// What a step or task can see of its siblings: parameters as text, artifacts as places (spec controller 3.8).

import { ArgoError } from '../../errors/argo-error.ts'
import { replaceTags, type Variables } from '../../expression/replace-tags.ts'
import { appendToKey } from './append-to-key.ts'
import type { Artifact, Outputs, Template } from '../../spec/types.ts'

/** Names are dotted: `steps.a.outputs.parameters.x`. null marks the output of a skipped node that has no default. */
export interface Scope {
  readonly parameters: Record<string, string | null>
  /** undefined as a value: known, but the producer was skipped and wrote none. */
  readonly artifacts: Map<string, Artifact | undefined>
}

/** The inputs of the enclosing template and the global outputs of the workflow. */
export function createScope(template: Template, workflowOutputs: Outputs | undefined): Scope {
  const scope: Scope = { parameters: {}, artifacts: new Map() }
  for (const { name, value } of template.inputs?.parameters ?? []) {
    if (value !== undefined) scope.parameters[`inputs.parameters.${name}`] = value
  }
  for (const artifact of template.inputs?.artifacts ?? []) {
    scope.artifacts.set(`inputs.artifacts.${artifact.name}`, artifact)
  }
  addOutputs(scope, 'workflow', workflowOutputs)
  return scope
}

export function addOutputs(scope: Scope, prefix: string, outputs: Outputs | undefined): void {
  if (outputs === undefined) return
  if (prefix !== 'workflow') {
    if (outputs.result !== undefined) scope.parameters[`${prefix}.outputs.result`] = outputs.result
    if (outputs.exitCode !== undefined) scope.parameters[`${prefix}.exitCode`] = outputs.exitCode
  }
  for (const { name, value } of outputs.parameters ?? []) {
    if (value !== undefined) scope.parameters[`${prefix}.outputs.parameters.${name}`] = value
  }
  for (const artifact of outputs.artifacts ?? []) {
    scope.artifacts.set(`${prefix}.outputs.artifacts.${artifact.name}`, artifact)
  }
}

/** The value of `{{reference}}` as text. */
export function resolveParameter(scope: Scope, reference: string): string {
  const name = bare(reference)
  const value = Object.hasOwn(scope.parameters, name) ? scope.parameters[name] : undefined
  if (typeof value === 'string') return value
  if (value === null) {
    throw badRequest(
      `unable to substitute {{${name}}}: output is an absent optional (skipped/omitted node with no default)`,
    )
  }
  if (scope.artifacts.has(name)) throw badRequest(`Variable {{${name}}} is not a string`)
  throw unresolved(name)
}

/** The artifact that `from` refers to, under the name of the one that asks; `subPath` lengthens its key. */
export function resolveArtifact(scope: Scope, artifact: Artifact, variables: Variables): Artifact {
  const name = bare(artifact.from ?? '')
  if (!scope.artifacts.has(name)) {
    if (Object.hasOwn(scope.parameters, name)) throw badRequest(`Variable {{${name}}} is not an artifact`)
    throw unresolved(name)
  }
  const found = scope.artifacts.get(name)
  const resolved = { ...found, name: artifact.name }
  if (!artifact.subPath || found === undefined) return resolved
  const subPath = JSON.parse(
    replaceTags(JSON.stringify(artifact.subPath), variables, { allowUnresolved: true }),
  ) as string
  return appendToKey(resolved, subPath)
}

/** Whether the reference leads nowhere, which an optional artifact may do. */
export function isUnresolved(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unable to resolve')
}

function bare(reference: string): string {
  return reference.replace(/^\{\{/, '').replace(/\}\}$/, '').trim()
}

function unresolved(name: string): ArgoError {
  return badRequest(`Unable to resolve: {{${name}}}`)
}

function badRequest(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}
