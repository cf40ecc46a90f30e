// Which object, collection or sub-resource a URL of the embedded API means.

import { findServed, type ServedResource } from './resource-table.ts'
import { badRequest, pathNotFound, subNotFound } from './status-errors.ts'

export interface RequestPath {
  readonly resource: ServedResource
  /** '' for all namespaces, or for a cluster-wide resource. */
  readonly namespace: string
  readonly name?: string
  readonly sub?: 'status' | 'log' | 'exec'
}

/** Throws 404 for paths that mean nothing here. */
export function parsePath(path: string): RequestPath {
  const parts = path.split('/').slice(1).map(decode)
  const [root, first] = parts
  const [group, version, rest] =
    root === 'api'
      ? ['', first, parts.slice(2)]
      : root === 'apis'
        ? [first, parts[2], parts.slice(3)]
        : ['', undefined, []]
  if (group === undefined || version === undefined || rest.includes('')) throw pathNotFound()
  const scoped = rest[0] === 'namespaces' && rest.length > 2
  const [plural, name, sub, ...more] = scoped ? rest.slice(2) : rest
  const resource = plural === undefined ? undefined : findServed(group, version, plural)
  const namespace = scoped ? (rest[1] ?? '') : ''
  if (resource === undefined || more.length > 0 || (scoped && !resource.namespaced)) throw pathNotFound()
  if (!scoped && resource.namespaced && name !== undefined) throw pathNotFound()
  if (sub !== undefined && !isSub(resource, sub)) throw subNotFound(resource, name ?? '')
  return {
    resource,
    namespace,
    ...(name === undefined ? {} : { name }),
    ...(sub === undefined ? {} : { sub: sub as 'status' | 'log' | 'exec' }),
  }
}

function isSub(resource: ServedResource, sub: string): boolean {
  return sub === 'status'
    ? resource.hasStatus === true
    : resource.kind === 'Pod' && (sub === 'log' || sub === 'exec')
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw badRequest(`the path holds a broken escape: ${part}`)
  }
}
