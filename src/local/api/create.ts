// The verb create of the embedded API.

import { randomInt } from 'node:crypto'
import { KubeError } from '../../kube/kube-error.ts'
import { withDefaults } from './defaults.ts'
import { namespaces, type ServedResource } from './resource-table.ts'
import { alreadyExists, badRequest, invalid, notFound } from './status-errors.ts'
import { freshMetadata, keyFor, readObject, writeObject, type StoredObject } from './stored-object.ts'
import type { ObjectStore } from './store.ts'
import { checkObject, checkShape } from './validate-object.ts'

/** Letters and digits that cannot spell a word, as Kubernetes draws them. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
/** parity: the base is cut so that a generated name fits into a label. */
const longestGeneratedBase = 58

export function createObject(
  store: ObjectStore,
  resource: ServedResource,
  namespace: string,
  body: unknown,
): StoredObject {
  const object = checkShape(resource, body)
  const { metadata } = object
  const named = metadata['namespace'] ?? ''
  if (resource.namespaced && named !== '' && named !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  return store.transaction(() => {
    if (resource.namespaced && readObject(store, namespaces, '', namespace) === undefined)
      throw notFound(namespaces, namespace)
    const name = chooseName(store, resource, namespace, metadata)
    checkObject(resource, object, name)
    if ((metadata['resourceVersion'] ?? '') !== '') {
      const message = 'resourceVersion should not be set on objects to be created'
      throw new KubeError({ code: 500, reason: '', message })
    }
    const known = readObject(store, resource, namespace, name)
    if (known !== undefined)
      throw alreadyExists(resource, name, known.metadata.deletionTimestamp !== undefined)
    const fresh = freshMetadata(metadata, namespace, name, resource.hasGeneration === true)
    const created = { ...withDefaults(resource, object), metadata: fresh } as unknown as StoredObject
    return writeObject(store, resource, 'ADDED', created, undefined)
  })
}

function chooseName(
  store: ObjectStore,
  resource: ServedResource,
  namespace: string,
  metadata: { readonly [field: string]: unknown },
): string {
  if (typeof metadata['name'] === 'string' && metadata['name'] !== '') return metadata['name']
  const base = metadata['generateName']
  if (typeof base !== 'string' || base === '') {
    const message = 'Required value: name or generateName is required'
    throw invalid(resource, '', [{ reason: 'FieldValueRequired', message, field: 'metadata.name' }])
  }
  for (let attempt = 0; ; attempt++) {
    const name = base.slice(0, longestGeneratedBase) + suffix()
    if (attempt >= 8 || store.get(keyFor(resource, namespace, name)) === undefined) return name
  }
}

function suffix(): string {
  return Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('')
}
