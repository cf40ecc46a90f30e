// What the API server itself writes into new objects, as far as the engine, kubectl or the controller read it.

import { isObject } from '../../kube/patch/merge.ts'
import type { Json, JsonObject } from '../../spec/types.ts'
import type { ServedResource } from './resource-table.ts'

/** `object` with the defaults of its kind; the status of a new object is never the client's. */
export function withDefaults(resource: ServedResource, object: JsonObject): JsonObject {
  return withoutEmpty(resource, defaulted(resource, object))
}

/** Kinds with a Go type lose their empty maps and lists, so that writing one changes nothing; custom ones keep them. */
export function withoutEmpty(resource: ServedResource, object: JsonObject): JsonObject {
  if (resource.strategic === undefined) return object
  const slim = dropEmpty(object)
  return isObject(object['status']) ? { ...slim, status: dropEmpty(object['status']) } : slim
}

function dropEmpty(object: JsonObject): JsonObject {
  const isEmpty = (value: Json | undefined): boolean =>
    value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)))
}

function defaulted(resource: ServedResource, object: JsonObject): JsonObject {
  switch (resource.kind) {
    case 'Pod':
      return { ...object, spec: podSpec(asObject(object['spec'])), status: { phase: 'Pending' } }
    case 'Secret':
      return secretWith(object)
    case 'Namespace':
      return { ...object, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }
    case 'PersistentVolumeClaim':
      return { ...object, status: { phase: 'Pending' } }
    default:
      return object
  }
}

/** stringData is write-only: it goes over into data. Also on updates. */
export function secretWith(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object
  const encoded = Object.entries(asObject(stringData)).map(([key, value]) => [
    key,
    Buffer.from(typeof value === 'string' ? value : '').toString('base64'),
  ])
  const data = { ...asObject(object['data']), ...(Object.fromEntries(encoded) as JsonObject) }
  return { ...rest, ...(Object.keys(data).length > 0 ? { data } : {}), type: object['type'] || 'Opaque' }
}

function podSpec(spec: JsonObject): JsonObject {
  const account = spec['serviceAccountName'] ?? 'default'
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
    ...spec,
    serviceAccountName: account,
    serviceAccount: account,
    ...(Array.isArray(spec['initContainers'])
      ? { initContainers: spec['initContainers'].map(container) }
      : {}),
    containers: (spec['containers'] as readonly Json[]).map(container),
  }
}

function container(value: Json): JsonObject {
  const given = asObject(value)
  const image = typeof given['image'] === 'string' ? given['image'] : ''
  const tag = /:([^/:@]+)$/.exec(image)?.[1]
  const pinned = image.includes('@') || (tag !== undefined && tag !== 'latest')
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pinned ? 'IfNotPresent' : 'Always',
    ...given,
  }
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}
