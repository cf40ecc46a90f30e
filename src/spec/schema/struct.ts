// Finds a struct of the schema by name: its fields in Go's order, and one by its key whatever its case.

import { argoArtifact } from './argo-artifact.ts'
import { argoTemplate } from './argo-template.ts'
import { argoWorkflow } from './argo-workflow.ts'
import { kubeContainer } from './kube-container.ts'
import { kubeMeta } from './kube-meta.ts'
import { kubePod } from './kube-pod.ts'
import { kubeVolume } from './kube-volume.ts'
import { kubeVolumeSources } from './kube-volume-sources.ts'
import { parseField, type Field, type StructTable } from './notation.ts'

export interface Struct {
  readonly name: string
  readonly fields: readonly Field[]
  readonly byName: ReadonlyMap<string, Field>
  /** Keys in lower case: Go's decoder does not care about case. */
  readonly byFoldedName: ReadonlyMap<string, Field>
}

const tables = {
  ...argoWorkflow,
  ...argoTemplate,
  ...argoArtifact,
  ...kubeMeta,
  ...kubeContainer,
  ...kubePod,
  ...kubeVolume,
  ...kubeVolumeSources,
}

export type StructName = keyof typeof tables
export const structNames = Object.keys(tables) as readonly StructName[]

const read = new Map<string, Struct>()

/** @throws Error when no table has the name: a fault of the tables, found by a test. */
export function struct(name: string): Struct {
  const known = read.get(name)
  if (known !== undefined) return known
  const table = (tables as StructTable)[name]
  if (table === undefined) throw new Error(`the schema has no struct '${name}'`)
  const fields = Object.entries(table).map(([key, notation]) => parseField(key, notation))
  const made: Struct = {
    name,
    fields,
    byName: new Map(fields.map((field) => [field.name, field])),
    byFoldedName: new Map(fields.map((field) => [field.name.toLowerCase(), field])),
  }
  read.set(name, made)
  return made
}
