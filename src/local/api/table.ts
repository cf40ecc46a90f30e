// Lists and objects as rows of text for `kubectl get`: the columns that a cluster shows of workflows and pods.

import type { Json } from '../../spec/types.ts'
import { durationSince } from './human-duration.ts'
import { podCells, type PrintedPod } from './pod-cells.ts'
import type { StoredObject } from './stored-object.ts'
import type { ServedResource } from './resource-table.ts'

export interface Table {
  readonly kind: 'Table'
  readonly apiVersion: 'meta.k8s.io/v1'
  readonly metadata: object
  readonly columnDefinitions: readonly object[]
  readonly rows: readonly { readonly cells: readonly Json[]; readonly object?: object }[]
}

interface Columns {
  readonly names: readonly string[]
  readonly cells: (object: StoredObject, now: Date) => readonly Json[]
}

const columns: Readonly<Record<string, Columns>> = {
  Pod: {
    names: ['Name', 'Ready', 'Status', 'Restarts', 'Age'],
    cells: (object, now) => podCells(object as PrintedPod, now),
  },
  // As in the columns of deploy/crds.
  Workflow: {
    names: ['Name', 'Status', 'Progress', 'Age', 'Message'],
    cells: ({ metadata, ...object }, now) => {
      const { phase = '', progress = '', message = '' } = (object['status'] ?? {}) as Record<string, string>
      return [metadata.name, phase, progress, durationSince(metadata.creationTimestamp, now), message]
    },
  },
}

/** Whether a client asked for rows, and this resource has some; kubectl prints name and age of all others itself. */
export function wantsTable(resource: ServedResource, accept: string | undefined): boolean {
  return columns[resource.kind] !== undefined && /;\s*as=Table;\s*v=v1;\s*g=meta\.k8s\.io/.test(accept ?? '')
}

/** Only for a resource that `wantsTable`. */
export function tableOf(
  resource: ServedResource,
  metadata: object,
  objects: readonly StoredObject[],
  include: string | null,
): Table {
  const { names, cells } = columns[resource.kind] ?? { names: [], cells: () => [] }
  const now = new Date()
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: names.map((name) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: 0,
    })),
    rows: objects.map((object) => ({ cells: cells(object, now), ...broughtAlong(object, include) })),
  }
}

function broughtAlong(object: StoredObject, include: string | null): { readonly object?: object } {
  if (include === 'None') return {}
  if (include === 'Object') return { object }
  const { metadata } = object
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } }
}
