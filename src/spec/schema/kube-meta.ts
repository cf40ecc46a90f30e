// Kubernetes metadata, selectors, resources and references that several other objects hold.
// Fields stand in the order in which Kubernetes declares them; the notation is explained in notation.ts.

import type { StructTable } from './notation.ts'

export const kubeMeta = {
  ObjectMeta: {
    name: 'string',
    generateName: 'string',
    namespace: 'string',
    selfLink: 'string',
    uid: 'string',
    resourceVersion: 'string',
    generation: 'int64',
    creationTimestamp: 'time',
    deletionTimestamp: '*time',
    deletionGracePeriodSeconds: '*int64',
    labels: 'map[string]string',
    annotations: 'map[string]string',
    ownerReferences: '[]OwnerReference',
    finalizers: '[]string',
    managedFields: '[]ManagedFieldsEntry',
  },
  OwnerReference: {
    apiVersion: '!string',
    kind: '!string',
    name: '!string',
    uid: '!string',
    controller: '*bool',
    blockOwnerDeletion: '*bool',
  },
  ManagedFieldsEntry: {
    manager: 'string',
    operation: 'string',
    apiVersion: 'string',
    time: '*time',
    fieldsType: 'string',
    fieldsV1: '*json',
    subresource: 'string',
  },
  LabelSelector: {
    matchLabels: 'map[string]string',
    matchExpressions: '[]LabelSelectorRequirement',
  },
  LabelSelectorRequirement: {
    key: '!string',
    operator: '!string',
    values: '[]string',
  },
  ResourceRequirements: {
    limits: 'map[string]quantity',
    requests: 'map[string]quantity',
    claims: '[]ResourceClaim',
  },
  ResourceClaim: {
    name: '!string',
    request: 'string',
  },
  KeyToPath: {
    key: '!string',
    path: '!string',
    mode: '*int32',
  },
  LocalObjectReference: {
    name: 'string',
  },
  ObjectFieldSelector: {
    apiVersion: 'string',
    fieldPath: '!string',
  },
  ResourceFieldSelector: {
    containerName: 'string',
    resource: '!string',
    divisor: 'quantity',
  },
} as const satisfies StructTable
