// The inputs of a template: names, paths, and the names that its body may use.

import { childPath } from '../problem.ts'
import { sentence } from './check-arguments.ts'
import { nameProblems } from './names.ts'
import type { Context, IndexedTemplate, Prefix } from './context.ts'

/** The scope that the template starts with. */
export function checkInputs(
  context: Context,
  { template, path }: IndexedTemplate,
  prefix: Prefix,
): Set<string> {
  const { report } = context
  const named = `${prefix}templates.${template.name ?? ''}`
  for (const list of ['parameters', 'artifacts'] as const) {
    for (const { index, argoMessage } of nameProblems(template.inputs?.[list], 'parameter')) {
      const at = childPath(`${path}.inputs.${list}`, index)
      report.add(at, sentence(argoMessage), `${named}.inputs.${list}${argoMessage}`)
    }
  }
  const isLeaf = template.container !== undefined || template.script !== undefined
  const scope = new Set<string>()
  for (const { name } of template.inputs?.parameters ?? [])
    scope.add('inputs.parameters').add(`inputs.parameters.${name}`)
  for (const [index, artifact] of (template.inputs?.artifacts ?? []).entries()) {
    const at = childPath(`${path}.inputs.artifacts`, index)
    const ref = `inputs.artifacts.${artifact.name}`
    scope.add(ref)
    if (isLeaf) scope.add(`${ref}.path`)
    const trouble = artifactTrouble(artifact.path ?? '', isLeaf)
    if (trouble !== undefined) report.add(at, trouble, `${named}.${ref}.${trouble}`)
    if (artifact.from)
      report.add(`${at}.from`, 'from not valid in inputs', `${named}.${ref}.from not valid in inputs`)
  }
  if (isLeaf) {
    scope.add('pod.name')
    for (const { name } of template.outputs?.artifacts ?? []) scope.add(`outputs.artifacts.${name}.path`)
    for (const { name } of template.outputs?.parameters ?? []) scope.add(`outputs.parameters.${name}.path`)
  }
  return scope
}

/** Leaves need a path to put the artifact to; steps and dags have no file system. */
export function artifactTrouble(path: string, isLeaf: boolean): string | undefined {
  if (isLeaf) return path === '' ? 'path not specified' : undefined
  return path === '' ? undefined : 'path only valid in container/script templates'
}
