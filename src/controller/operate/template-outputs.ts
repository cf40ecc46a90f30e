// The outputs of a steps or dag template: those of its members, under names of its own.

import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import { isUnresolved, resolveArtifact, resolveParameter, type Scope } from './scope.ts'
import type { Variables } from '../../expression/replace-tags.ts'
import type { Artifact, Outputs, Parameter, Template } from '../../spec/types.ts'

/** undefined when the template declares none. @throws ArgoError ERR_BAD_REQUEST for one that nobody wrote. */
export function templateOutputs(template: Template, scope: Scope, globals: Variables): Outputs | undefined {
  const { parameters, artifacts } = template.outputs ?? {}
  if (!parameters?.length && !artifacts?.length) return undefined
  const resolved = outputArtifacts(artifacts ?? [], scope, globals)
  return {
    ...(parameters?.length && {
      parameters: parameters.map((parameter) => outputParameter(parameter, scope)),
    }),
    ...(resolved.length > 0 && { artifacts: resolved }),
  }
}

function outputParameter(parameter: Parameter, scope: Scope): Parameter {
  const { valueFrom, ...declared } = parameter
  if (valueFrom === undefined) {
    throw badRequest(`output parameters must have a valueFrom specified: ${parameter.name} has none`)
  }
  return { ...declared, value: outputValue(valueFrom.parameter ?? '', valueFrom.default, scope) }
}

function outputValue(reference: string, fallback: string | undefined, scope: Scope): string {
  try {
    return resolveParameter(scope, reference)
  } catch (error) {
    if (fallback !== undefined) return fallback
    throw error
  }
}

function outputArtifacts(
  artifacts: readonly Artifact[],
  scope: Scope,
  globals: Variables,
): readonly Artifact[] {
  return artifacts.flatMap((artifact) => {
    try {
      const { globalName } = artifact
      const resolved = resolveArtifact(scope, artifact, { ...globals, ...scope.parameters })
      return [globalName ? { ...resolved, globalName } : resolved]
    } catch (error) {
      if (isUnresolved(error) && artifact.optional) return []
      throw badRequest(`unable to resolve outputs from scope: ${errorMessage(error)}`)
    }
  })
}

function badRequest(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}
