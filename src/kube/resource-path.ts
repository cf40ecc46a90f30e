// URLs of the Kubernetes API, for the client.

import { ArgoError } from '../errors/argo-error.ts'
import type { Resource } from './api.ts'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/**
 * `/api/v1/namespaces/NS/pods/NAME/SUB?...`. An empty namespace means all namespaces (or a cluster-wide resource).
 * Every part is encoded: names come from workflows and may hold anything.
 */
export function resourcePath(
  resource: Resource,
  namespace: string,
  name = '',
  sub = '',
  query: Query = {},
): string {
  const base =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const parts = [
    ...(namespace === '' ? [] : ['namespaces', namespace]),
    resource.plural,
    ...(name === '' ? [] : [name]),
    ...(sub === '' ? [] : [sub]),
  ]
  const path = `${base}/${parts.map(encodeSegment).join('/')}`
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(key, String(value))
  return search.size === 0 ? path : `${path}?${search.toString()}`
}

/** Without its name a path would mean the collection: a delete must never become "delete all". */
export function needName(resource: Resource, name: string): string {
  if (name !== '') return name
  throw new ArgoError(`a name is needed to address one of ${resource.plural}`, { code: 'ERR_BAD_REQUEST' })
}

/** Dots alone would be resolved as folders by every URL parser, whether they are encoded or not. */
function encodeSegment(segment: string): string {
  return segment === '.' || segment === '..' ? segment.replaceAll('.', '%252E') : encodeURIComponent(segment)
}
