// Outputs with a `globalName`: they join the outputs of the workflow and the tags that later templates may use.

import { isDeepStrictEqual } from 'node:util'
import type { Operation } from './operation.ts'
import type { Artifact, Outputs, Parameter } from '../../spec/types.ts'

/** The last writer of a name wins (spec controller 3.7). */
export function publishGlobalOutputs(operation: Operation, outputs: Outputs | undefined): void {
  for (const parameter of outputs?.parameters ?? []) {
    if (!parameter.globalName || parameter.value === undefined) continue
    operation.globals[`workflow.outputs.parameters.${parameter.globalName}`] = parameter.value
    publishParameter(operation, { name: parameter.globalName, value: parameter.value })
  }
  for (const artifact of outputs?.artifacts ?? []) {
    if (!artifact.globalName) continue
    const { globalName, path: _path, ...place } = artifact
    publishArtifact(operation, { ...place, name: globalName })
  }
}

function publishParameter(operation: Operation, parameter: Parameter): void {
  const outputs = operation.status.outputs ?? {}
  operation.status.outputs = { ...outputs, parameters: upsert(outputs.parameters ?? [], parameter) }
}

function publishArtifact(operation: Operation, artifact: Artifact): void {
  const outputs = operation.status.outputs ?? {}
  operation.status.outputs = { ...outputs, artifacts: upsert(outputs.artifacts ?? [], artifact) }
}

function upsert<T extends { readonly name: string }>(list: readonly T[], item: T): readonly T[] {
  const index = list.findIndex(({ name }) => name === item.name)
  if (index < 0) return [...list, item]
  return isDeepStrictEqual(list[index], item) ? list : list.with(index, item)
}
