// Puts the outputs of siblings into a step or task, just before it is executed.

import { ArgoError } from '../../errors/argo-error.ts'
import { replaceTags, type Variables } from '../../expression/replace-tags.ts'
import { evaluateWhen } from '../../expression/when.ts'
import { isLoop } from './expand-loop.ts'
import { absentOptional } from './process-arguments.ts'
import { isUnresolved, resolveArtifact, type Scope } from './scope.ts'
import type { Arguments, Artifact, DagTask, WorkflowStep } from '../../spec/types.ts'

/**
 * `when` comes first: a step that is skipped is not resolved any further, so that it may refer to what does not exist
 * (spec controller 3.2).
 *
 * @throws ArgoError ERR_BAD_REQUEST for a reference that cannot be resolved.
 */
export function resolveReferences<T extends WorkflowStep | DagTask>(
  step: T,
  scope: Scope,
  variables: Variables,
): T {
  const when = step.when === undefined ? undefined : replaceText(step.when, variables)
  if (when !== undefined && !mayRun(step, when)) return { ...step, when }
  const marked = markAbsent(step, variables)
  const resolved = JSON.parse(
    replaceTags(JSON.stringify(marked), variables, { strictPrefixes: ['steps', 'tasks'] }),
  ) as T
  const artifacts = resolved.arguments?.artifacts
  if (artifacts === undefined) return resolved
  return {
    ...resolved,
    arguments: { ...resolved.arguments, artifacts: resolveArtifacts(artifacts, scope, variables) },
  }
}

/** Of a loop, `when` may still hold `{{item}}`: then nobody knows yet. */
function mayRun(step: WorkflowStep, when: string): boolean {
  try {
    return evaluateWhen(when)
  } catch (error) {
    if (isLoop(step)) return true
    throw error
  }
}

/** An argument that is nothing but the output of a skipped producer counts as not given. */
function markAbsent<T extends WorkflowStep | DagTask>(step: T, variables: Variables): T {
  const parameters = step.arguments?.parameters
  if (parameters === undefined) return step
  const marked = parameters.map((parameter) => {
    const tag = /^\s*\{\{([^{}]+)\}\}\s*$/.exec(parameter.value ?? '')?.[1]?.trim()
    return tag !== undefined && variables[tag] === null ? { ...parameter, value: absentOptional } : parameter
  })
  const filled: Arguments = { ...step.arguments, parameters: marked }
  return { ...step, arguments: filled }
}

function resolveArtifacts(
  artifacts: readonly Artifact[],
  scope: Scope,
  variables: Variables,
): readonly Artifact[] {
  return artifacts.flatMap((artifact) => {
    if (!artifact.from) return [artifact]
    try {
      return [resolveArtifact(scope, artifact, variables)]
    } catch (error) {
      if (isUnresolved(error) && artifact.optional) return []
      if (error instanceof ArgoError) {
        throw new ArgoError(`unable to resolve references: ${error.message}`, {
          code: error.code,
          cause: error,
        })
      }
      throw error
    }
  })
}

function replaceText(text: string, variables: Variables): string {
  return JSON.parse(
    replaceTags(JSON.stringify(text), variables, { strictPrefixes: ['steps', 'tasks'] }),
  ) as string
}
