// Fields that an update may not change: the spec of a pod, the type of a Secret, the data of what calls itself immutable.

import { isDeepStrictEqual } from 'node:util'
import { isObject } from '../../kube/patch/merge.ts'
import type { Json, JsonObject } from '../../spec/types.ts'
import type { ServedResource } from './resource-table.ts'
import { invalid } from './status-errors.ts'
import type { StoredObject } from './stored-object.ts'

/** Throws 422 that names the field. */
export function checkFixedFields(resource: ServedResource, old: StoredObject, next: StoredObject): void {
  switch (resource.kind) {
    case 'Pod':
      checkPodSpec(resource, old, next)
      return
    case 'Secret':
      checkSecretType(resource, old, next)
      checkImmutable(resource, old, next)
      return
    case 'ConfigMap':
      checkImmutable(resource, old, next)
  }
}

function checkSecretType(resource: ServedResource, old: StoredObject, next: StoredObject): void {
  if (old['type'] === next['type']) return
  const message = `Invalid value: ${JSON.stringify(next['type'])}: field is immutable`
  throw invalid(resource, old.metadata.name, [{ reason: 'FieldValueInvalid', message, field: 'type' }])
}

function checkImmutable(resource: ServedResource, old: StoredObject, next: StoredObject): void {
  if (old['immutable'] !== true) return
  const changed = ['immutable', 'data', 'binaryData'].find(
    (field) => !isDeepStrictEqual(old[field], next[field]),
  )
  if (changed === undefined) return
  const message = 'Forbidden: field is immutable when `immutable` is set'
  throw invalid(resource, old.metadata.name, [{ reason: 'FieldValueForbidden', message, field: changed }])
}

/** The spec of a pod is fixed, but for what Kubernetes allows and for the node that the engine puts it on. */
function checkPodSpec(resource: ServedResource, old: StoredObject, next: StoredObject): void {
  const before = old['spec'] as JsonObject
  const after = next['spec'] as JsonObject
  const refuse = (field: string, message: string): never => {
    throw invalid(resource, old.metadata.name, [{ reason: 'FieldValueForbidden', message, field }])
  }
  const deadline = before['activeDeadlineSeconds']
  const later = after['activeDeadlineSeconds']
  if (typeof deadline === 'number' && !(typeof later === 'number' && later <= deadline)) {
    refuse('spec.activeDeadlineSeconds', 'Forbidden: must be less than or equal to previous value')
  }
  const kept = (after['tolerations'] ?? []) as readonly Json[]
  const tolerated = (before['tolerations'] ?? []) as readonly Json[]
  const onlyAdded = tolerated.every((one) => kept.some((other) => isDeepStrictEqual(one, other)))
  const bound = before['nodeName'] === undefined || before['nodeName'] === after['nodeName']
  if (onlyAdded && bound && isDeepStrictEqual(fixedSpec(before), fixedSpec(after))) return
  refuse(
    'spec',
    'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
      '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
      '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
  )
}

function fixedSpec(spec: unknown): unknown {
  const { activeDeadlineSeconds: _a, tolerations: _t, nodeName: _n, ...rest } = (spec ?? {}) as JsonObject
  const noImage = (list: Json | undefined): unknown =>
    Array.isArray(list) ? list.map((item: Json) => (isObject(item) ? { ...item, image: '' } : item)) : list
  return { ...rest, containers: noImage(rest['containers']), initContainers: noImage(rest['initContainers']) }
}
