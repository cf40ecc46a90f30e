// The verb list of the embedded API, in pages.

import { KubeError } from '../../kube/kube-error.ts'
import { apiVersionOf, type ServedResource } from './resource-table.ts'
import { selectorOf, type Selectors } from './select.ts'
import { badRequest, expired, qualified } from './status-errors.ts'
import { parseObject, type StoredObject } from './stored-object.ts'
import type { ObjectStore } from './store.ts'

export interface ListRequest extends Selectors {
  readonly limit?: number | undefined
  readonly continue?: string | undefined
}

export interface ObjectList {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly StoredObject[]
}

interface Place {
  readonly version: number
  readonly namespace: string
  readonly name: string
}

/**
 * All matching objects in the order of namespace and name. Pages after the first show the state of their own moment, yet
 * carry the version of the first: a watch from there brings every change since, so a reader ends up right.
 */
export function listObjects(
  store: ObjectStore,
  resource: ServedResource,
  namespace: string,
  request: ListRequest,
): ObjectList {
  const selects = selectorOf(resource, request)
  const place =
    request.continue === undefined || request.continue === '' ? undefined : readPlace(request.continue)
  if (place !== undefined && place.version < store.trimmed()) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. Start a new list without it',
    )
  }
  return store.read(() => {
    const version = place?.version ?? store.version()
    const limit = request.limit !== undefined && request.limit > 0 ? request.limit : Infinity
    const items: StoredObject[] = []
    let left = 0
    for (const body of store.list(qualified(resource), namespace, place)) {
      const object = items.length < limit || !hasSelector(request) ? parseObject(body) : undefined
      if (object !== undefined && !selects(object)) continue
      if (object !== undefined && items.length < limit) items.push(object)
      else left++
    }
    return {
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: String(version), ...nextPage(items, left, version, request) },
      items,
    }
  })
}

/** parity: how many remain is told only when no selector makes that expensive to know. */
function nextPage(
  items: readonly StoredObject[],
  left: number,
  version: number,
  request: ListRequest,
): Partial<ObjectList['metadata']> {
  const last = items.at(-1)
  if (left === 0 || last === undefined) return {}
  const place: Place = { version, namespace: last.metadata.namespace ?? '', name: last.metadata.name }
  const token = Buffer.from(JSON.stringify(place)).toString('base64url')
  return { continue: token, ...(hasSelector(request) ? {} : { remainingItemCount: left }) }
}

function hasSelector(request: ListRequest): boolean {
  return (request.labelSelector ?? '') !== '' || (request.fieldSelector ?? '') !== ''
}

function readPlace(token: string): Place {
  try {
    const place = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Partial<Place> | null
    const { version, namespace, name } = place ?? {}
    if (typeof version === 'number' && typeof namespace === 'string' && typeof name === 'string')
      return { version, namespace, name }
  } catch {
    // Refused below.
  }
  throw badRequest('invalid continue token: continue key is not valid')
}

/** A version that a client sends; 0 for "any", undefined when none is given. */
export function readVersion(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const message = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`
  throw new KubeError({ code: 500, reason: '', message })
}
