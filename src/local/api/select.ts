// Selectors of the embedded API: which objects a list, a watch or a deletecollection is about.

import { isObject } from '../../kube/patch/merge.ts'
import { parseFieldSelector, parseLabelSelector } from '../../kube/selectors.ts'
import type { Json } from '../../spec/types.ts'
import type { ServedResource } from './resource-table.ts'
import { badRequest } from './status-errors.ts'
import type { StoredObject } from './stored-object.ts'

export interface Selectors {
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

export type Selects = (object: StoredObject) => boolean

/** Throws 400 for selectors that are malformed or that name a field nobody indexes. */
export function selectorOf(resource: ServedResource, selectors: Selectors): Selects {
  const labels = parseLabelSelector(selectors.labelSelector ?? '')
  const terms = parseFieldSelector(selectors.fieldSelector ?? '')
  const known = [
    'metadata.name',
    ...(resource.namespaced ? ['metadata.namespace'] : []),
    ...(resource.fields ?? []),
  ]
  for (const { field } of terms) {
    if (known.includes(field)) continue
    throw badRequest(
      `"${field}" is not a known field selector: only ${known.map((name) => `"${name}"`).join(', ')}`,
    )
  }
  return (object) =>
    labels(object.metadata.labels) &&
    terms.every(({ field, value, equal }) => (fieldText(object, field) === value) === equal)
}

function fieldText(object: StoredObject, field: string): string {
  let at = object as unknown as Json | undefined
  for (const part of field.split('.')) at = isObject(at) ? at[part] : undefined
  return at === undefined || at === null || typeof at === 'object' ? '' : String(at)
}
