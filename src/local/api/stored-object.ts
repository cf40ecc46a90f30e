// Objects as the embedded API handles them: JSON of which only metadata is understood.

import { randomUUID } from 'node:crypto'
import type { Json, JsonObject, ObjectMeta } from '../../spec/types.ts'
import { apiVersionOf, type ServedResource } from './resource-table.ts'
import { qualified } from './status-errors.ts'
import type { Key, ObjectStore, StoredEvent } from './store.ts'

export interface Metadata extends ObjectMeta {
  readonly name: string
  readonly deletionGracePeriodSeconds?: number
}

export interface StoredObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly [field: string]: unknown
}

export function parseObject(body: string): StoredObject {
  return JSON.parse(body) as StoredObject
}

export function readObject(
  store: ObjectStore,
  resource: ServedResource,
  namespace: string,
  name: string,
): StoredObject | undefined {
  const body = store.get(keyFor(resource, namespace, name))
  return body === undefined ? undefined : parseObject(body)
}

/** Writes the object with a new resourceVersion and returns it as it was written. */
export function writeObject(
  store: ObjectStore,
  resource: ServedResource,
  type: StoredEvent['type'],
  object: StoredObject,
  previous: StoredObject | undefined,
): StoredObject {
  const { metadata } = object
  const body = store.write(
    type,
    keyFor(resource, metadata.namespace ?? '', metadata.name),
    (version) => JSON.stringify(inOrder(resource, object, String(version))),
    previous === undefined ? undefined : JSON.stringify(previous),
    (metadata.ownerReferences ?? []).map((owner) => owner.uid),
  )
  return parseObject(body)
}

export function keyFor(resource: ServedResource, namespace: string, name: string): Key {
  return { resource: qualified(resource), namespace, name }
}

/** Everything that only the server sets, for an object that is being created. */
export function freshMetadata(
  metadata: JsonObject,
  namespace: string,
  name: string,
  hasGeneration: boolean,
): Metadata {
  const kept = pick(metadata, ['generateName', 'labels', 'annotations', 'ownerReferences', 'finalizers'])
  return {
    name,
    ...(namespace === '' ? {} : { namespace }),
    uid: randomUUID(),
    ...(hasGeneration ? { generation: 1 } : {}),
    creationTimestamp: nowSeconds(),
    ...kept,
  } as Metadata
}

/** The metadata of an update: what clients may change from the new object, what belongs to the server from the old. */
export function updatedMetadata(next: JsonObject, old: Metadata): Metadata {
  const kept = pick(next, ['labels', 'annotations', 'ownerReferences', 'finalizers'])
  const { labels: _l, annotations: _a, ownerReferences: _o, finalizers: _f, ...own } = old
  return { ...own, ...kept }
}

/** RFC 3339 with whole seconds, as the API writes times. */
export function nowSeconds(offsetSeconds = 0): string {
  return new Date(Date.now() + offsetSeconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** Empty maps and lists of metadata are not kept, as in the real API. */
function pick(metadata: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (isEmpty(metadata[name]) ? [] : [[name, metadata[name]]])),
  )
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function inOrder(resource: ServedResource, object: StoredObject, resourceVersion: string): StoredObject {
  const { apiVersion: _v, kind: _k, metadata, ...rest } = object
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { ...metadata, resourceVersion },
    ...rest,
  }
}
