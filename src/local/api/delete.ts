// The verbs delete and deletecollection of the embedded API, with graceful deletion of pods and the collection of
// dependents.

import type { JsonObject } from '../../spec/types.ts'
import { served, type ServedResource } from './resource-table.ts'
import { badRequest, conflict, notFound, qualified } from './status-errors.ts'
import { nowSeconds, parseObject, readObject, writeObject, type StoredObject } from './stored-object.ts'
import type { Key, ObjectStore } from './store.ts'

export interface DeleteRequest {
  readonly gracePeriodSeconds?: number
  readonly preconditionUid?: string
  readonly preconditionVersion?: string
  readonly propagationPolicy?: string
}

export interface Deletion {
  readonly object: StoredObject
  /** False while the object waits for its grace period or its finalizers. */
  readonly gone: boolean
}

/**
 * A pod on a node is only marked: the engine ends its containers and deletes it again with gracePeriodSeconds 0, as the
 * kubelet does. A pod that no engine has taken up, or one that has ended, goes at once.
 */
export function deleteObject(
  store: ObjectStore,
  resource: ServedResource,
  namespace: string,
  name: string,
  request: DeleteRequest,
): Deletion {
  if ((request.gracePeriodSeconds ?? 0) < 0) throw badRequest('gracePeriodSeconds must not be negative')
  return store.transaction(() => {
    const object = readObject(store, resource, namespace, name)
    if (object === undefined) throw notFound(resource, name)
    checkPreconditions(resource, object, request)
    return remove(store, resource, object, request)
  })
}

/** Whether an update makes an object go that only waited for its finalizers. */
export function isDeletedBy({ metadata }: StoredObject): boolean {
  if (metadata.deletionTimestamp === undefined || (metadata.finalizers ?? []).length > 0) return false
  return (metadata.deletionGracePeriodSeconds ?? 0) === 0
}

function remove(
  store: ObjectStore,
  resource: ServedResource,
  object: StoredObject,
  request: DeleteRequest,
): Deletion {
  const graceSeconds = graceOf(resource, object, request)
  const waits = graceSeconds > 0 || (object.metadata.finalizers ?? []).length > 0
  // parity: watchers see a pod marked before it is gone, also when both happen at once.
  const marked = waits || resource.kind === 'Pod' ? mark(store, resource, object, graceSeconds) : object
  if (waits) return { object: marked, gone: false }
  return {
    object: eraseObject(store, resource, marked, request.propagationPolicy ?? 'Background'),
    gone: true,
  }
}

function graceOf(resource: ServedResource, object: StoredObject, request: DeleteRequest): number {
  if (resource.kind !== 'Pod') return 0
  const spec = (object['spec'] ?? {}) as JsonObject
  const { phase, startTime } = (object['status'] ?? {}) as JsonObject
  // deviates: the laptop has one node, and its engine binds no pods; what it has taken up has a start.
  const onNode = (spec['nodeName'] ?? '') !== '' || (startTime ?? '') !== ''
  if (!onNode || phase === 'Succeeded' || phase === 'Failed') return 0
  const own =
    typeof spec['terminationGracePeriodSeconds'] === 'number' ? spec['terminationGracePeriodSeconds'] : 30
  return request.gracePeriodSeconds ?? own
}

/** Sets deletionTimestamp; a later call may only shorten the time that is left. */
function mark(
  store: ObjectStore,
  resource: ServedResource,
  object: StoredObject,
  graceSeconds: number,
): StoredObject {
  const { metadata } = object
  const known = metadata.deletionGracePeriodSeconds
  if (metadata.deletionTimestamp !== undefined && known !== undefined && known <= graceSeconds) return object
  const first = metadata.deletionTimestamp === undefined
  const next = {
    ...object,
    metadata: {
      ...metadata,
      deletionTimestamp: nowSeconds(graceSeconds),
      deletionGracePeriodSeconds: graceSeconds,
      // parity: the wish to be gone counts as a change of the wanted state.
      ...(first && metadata.generation !== undefined ? { generation: metadata.generation + 1 } : {}),
    },
  }
  return writeObject(store, resource, 'MODIFIED', next, object)
}

/** Removes the object and what hangs on it; the event shows its last stored state. */
export function eraseObject(
  store: ObjectStore,
  resource: ServedResource,
  object: StoredObject,
  policy: string,
): StoredObject {
  const { metadata } = object
  const erased = writeObject(store, resource, 'DELETED', object, object)
  if (metadata.uid !== undefined) {
    for (const key of store.ownedBy(metadata.uid)) release(store, key, metadata.uid, policy)
  }
  return erased
}

/** A dependent goes with its last owner; with other owners, or when it shall stay, it only forgets this one. */
function release(store: ObjectStore, key: Key, ownerUid: string, policy: string): void {
  const resource = served.find((one) => qualified(one) === key.resource)
  const body = store.get(key)
  if (resource === undefined || body === undefined) return
  const dependent = parseObject(body)
  const others = (dependent.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== ownerUid)
  if (others.length === 0 && policy !== 'Orphan') {
    remove(store, resource, dependent, { propagationPolicy: policy })
    return
  }
  const { ownerReferences: _, ...metadata } = dependent.metadata
  const next = {
    ...dependent,
    metadata: others.length === 0 ? metadata : { ...metadata, ownerReferences: others },
  }
  writeObject(store, resource, 'MODIFIED', next, dependent)
}

function checkPreconditions(resource: ServedResource, object: StoredObject, request: DeleteRequest): void {
  const { metadata } = object
  const { preconditionUid: uid, preconditionVersion: version } = request
  if (uid !== undefined && uid !== metadata.uid) {
    const why =
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). ` +
      'The object might have been deleted and then recreated'
    throw conflict(resource, metadata.name, why)
  }
  if (version !== undefined && version !== metadata.resourceVersion) {
    const why =
      `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record ` +
      `(${metadata.resourceVersion ?? ''}). The object might have been modified`
    throw conflict(resource, metadata.name, why)
  }
}
