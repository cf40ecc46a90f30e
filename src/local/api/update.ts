// The verbs update and patch of the embedded API, for objects and for their status.

import { isDeepStrictEqual } from 'node:util'
import { errorMessage } from '../../errors/argo-error.ts'
import type { PatchType as PatchName } from '../../kube/api.ts'
import { KubeError } from '../../kube/kube-error.ts'
import { jsonPatch } from '../../kube/patch/json.ts'
import { isObject, mergePatch } from '../../kube/patch/merge.ts'
import { strategicMergePatch } from '../../kube/patch/strategic.ts'
import type { Json, JsonObject } from '../../spec/types.ts'
import { secretWith, withoutEmpty } from './defaults.ts'
import { eraseObject, isDeletedBy } from './delete.ts'
import { checkFixedFields } from './fixed-fields.ts'
import type { ServedResource } from './resource-table.ts'
import {
  badRequest,
  conflict,
  invalid,
  notFound,
  staleWrite,
  unprocessable,
  unsupportedMedia,
} from './status-errors.ts'
import { readObject, updatedMetadata, writeObject, type StoredObject } from './stored-object.ts'
import type { ObjectStore } from './store.ts'
import { checkObject, checkShape, show } from './validate-object.ts'

/** What a write is about: the object, or its status alone. */
export interface WriteTarget {
  readonly resource: ServedResource
  readonly namespace: string
  readonly name: string
  readonly status: boolean
}

type Incoming = JsonObject & { readonly metadata: JsonObject }

export function updateObject(store: ObjectStore, target: WriteTarget, body: unknown): StoredObject {
  const object = checkShape(target.resource, body)
  checkAddress(target, object)
  return store.transaction(() => {
    const old = mustRead(store, target)
    const { resource, name } = target
    const version = object.metadata['resourceVersion'] ?? ''
    if (version === '' && !resource.unconditionalUpdate) {
      const message = 'Invalid value: 0: must be specified for an update'
      throw invalid(resource, name, [
        { reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' },
      ])
    }
    if (version !== '' && !/^\d+$/.test(show(version))) {
      const message = `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`
      throw new KubeError({ code: 500, reason: '', message })
    }
    const uid = object.metadata['uid'] ?? ''
    if (uid !== '' && uid !== old.metadata.uid) {
      throw conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${show(uid)}, UID in object meta: ${old.metadata.uid ?? ''}`,
      )
    }
    if (version !== '' && version !== old.metadata.resourceVersion) throw staleWrite(resource, name)
    return replace(store, target, old, object)
  })
}

export function patchObject(
  store: ObjectStore,
  target: WriteTarget,
  type: PatchName,
  patch: unknown,
): StoredObject {
  const { resource, name } = target
  if (type === 'strategic' && resource.strategic === undefined) {
    throw unsupportedMedia(['application/json-patch+json', 'application/merge-patch+json'])
  }
  return store.transaction(() => {
    const old = mustRead(store, target)
    if (type === 'json' ? !Array.isArray(patch) : !isObject(patch as Json)) {
      throw badRequest(`error decoding patch: a ${type} patch is ${type === 'json' ? 'a list' : 'an object'}`)
    }
    const patched = applyPatch(old as unknown as JsonObject, type, patch as Json, resource)
    const object = patchedShape(resource, patched)
    checkAddress(target, object)
    const { uid, resourceVersion } = object.metadata
    if ((resourceVersion ?? '') !== '' && resourceVersion !== old.metadata.resourceVersion)
      throw staleWrite(resource, name)
    if ((uid ?? '') !== '' && uid !== old.metadata.uid) {
      const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`
      throw invalid(resource, name, [{ reason: 'FieldValueInvalid', message, field: 'metadata.uid' }])
    }
    return replace(store, target, old, object)
  })
}

/** parity: what would be a bad request as a body is unprocessable as the outcome of a patch. */
function patchedShape(resource: ServedResource, patched: Json): Incoming {
  try {
    return checkShape(resource, patched)
  } catch (error) {
    throw unprocessable(errorMessage(error))
  }
}

function applyPatch(old: JsonObject, type: PatchName, patch: Json, resource: ServedResource): Json {
  switch (type) {
    case 'merge':
      return mergePatch(old, patch)
    case 'json':
      try {
        return jsonPatch(old, patch)
      } catch {
        // parity: the API does not tell which operation failed.
        throw unprocessable('the server rejected our request due to an error in our request')
      }
    case 'strategic':
      return strategicMergePatch(old, patch as JsonObject, resource.strategic ?? {})
  }
}

function replace(store: ObjectStore, target: WriteTarget, old: StoredObject, object: Incoming): StoredObject {
  const { resource, name, status } = target
  checkObject(resource, { ...object, ...(status ? { spec: old['spec'] as Json } : {}) }, name)
  const merged = resource.hasStatus === true ? ownHalf(old, object, status) : object
  const content = withoutEmpty(resource, resource.kind === 'Secret' ? secretWith(merged) : merged)
  const next = {
    ...content,
    metadata: updatedMetadata(object.metadata, old.metadata),
  } as unknown as StoredObject
  if (!status) checkFixedFields(resource, old, next)
  if (!isDeletedBy(next)) return writeIfChanged(store, resource, old, next)
  // parity: the write that takes off the last finalizer is not stored; watchers see what was there before it.
  eraseObject(store, resource, old, 'Background')
  return next
}

/** The half that this write may change, with the other half as it was. */
function ownHalf(old: StoredObject, object: Incoming, status: boolean): JsonObject {
  const kept = old as unknown as JsonObject
  return status ? { ...kept, status: object['status'] } : { ...object, status: kept['status'] }
}

/** parity: a write that changes nothing makes no new version and no event. */
function writeIfChanged(
  store: ObjectStore,
  resource: ServedResource,
  old: StoredObject,
  next: StoredObject,
): StoredObject {
  const normal = JSON.parse(
    JSON.stringify({ ...next, apiVersion: old.apiVersion, kind: old.kind }),
  ) as StoredObject
  if (isDeepStrictEqual(normal, old)) return old
  const bump =
    resource.hasGeneration === true && !isDeepStrictEqual(counted(resource, normal), counted(resource, old))
  const metadata = bump
    ? { ...normal.metadata, generation: (old.metadata.generation ?? 0) + 1 }
    : normal.metadata
  return writeObject(store, resource, 'MODIFIED', { ...normal, metadata }, old)
}

/** What counts for metadata.generation: all but metadata, and but the status where that is a sub-resource. */
function counted(resource: ServedResource, object: StoredObject): unknown {
  const { metadata: _, ...rest } = object
  return resource.hasStatus === true ? { ...rest, status: undefined } : rest
}

function checkAddress(target: WriteTarget, object: Incoming): void {
  const { metadata } = object
  if ((metadata['name'] ?? '') === '') {
    throw badRequest(
      `the name of the object (${target.name} based on URL) was undeterminable: name must be provided`,
    )
  }
  if (metadata['name'] !== target.name) {
    throw badRequest(
      `the name of the object (${show(metadata['name'])}) does not match the name on the URL (${target.name})`,
    )
  }
  if ((metadata['namespace'] ?? '') !== '' && metadata['namespace'] !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

function mustRead(store: ObjectStore, { resource, namespace, name }: WriteTarget): StoredObject {
  const old = readObject(store, resource, namespace, name)
  if (old === undefined) throw notFound(resource, name)
  return old
}
