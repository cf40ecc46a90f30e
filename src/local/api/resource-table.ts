// The resources that the embedded API serves, and what is special about each.

import { resources, type Resource } from '../../kube/api.ts'
import { plainType, podType, type PatchType } from '../../kube/patch/merge-keys.ts'

export interface ServedResource extends Resource {
  readonly singular: string
  readonly shortNames?: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly Verb[]
  /** Lists that merge in a strategic merge patch; absent where the API refuses that kind of patch (custom resources). */
  readonly strategic?: PatchType
  /** Written through a sub-resource of its own; ordinary writes leave it alone. */
  readonly hasStatus?: boolean
  /** metadata.generation counts the changes outside of metadata. */
  readonly hasGeneration?: boolean
  /** An update without resourceVersion overwrites whatever is there; custom resources refuse it. */
  readonly unconditionalUpdate: boolean
  /** Paths that a field selector may name, besides metadata.name and metadata.namespace. */
  readonly fields?: readonly string[]
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
]

const involved = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']

export const served: readonly ServedResource[] = [
  // deviates: a namespace stays; deleting one with all its contents is a cluster's work.
  core({ group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' }, 'ns', {
    namespaced: false,
    verbs: ['create', 'get', 'list', 'patch', 'update', 'watch'],
    fields: ['status.phase'],
  }),
  core(resources.pods, 'po', {
    strategic: podType,
    hasStatus: true,
    hasGeneration: true,
    fields: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'status.phase',
      'status.podIP',
    ],
  }),
  core(resources.configMaps, 'cm'),
  core(resources.secrets, undefined, { fields: ['type'] }),
  core(resources.serviceAccounts, 'sa'),
  core(resources.events, 'ev', {
    fields: [
      ...involved.map((name) => `involvedObject.${name}`),
      'reason',
      'reportingComponent',
      'source',
      'type',
    ],
  }),
  core({ group: '', version: 'v1', plural: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim' }, 'pvc', {
    hasStatus: true,
  }),
  custom(resources.workflows, 'wf'),
  custom(resources.taskResults),
]

export const namespaces = served[0] as ServedResource

export function findServed(group: string, version: string, plural: string): ServedResource | undefined {
  return served.find((one) => one.plural === plural && one.group === group && one.version === version)
}

/** `argoproj.io/v1alpha1`, or `v1` for the core group. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}

function core(
  resource: Resource,
  short: string | undefined,
  special: Partial<ServedResource> = {},
): ServedResource {
  return {
    ...resource,
    singular: resource.kind.toLowerCase(),
    namespaced: true,
    verbs: allVerbs,
    strategic: plainType,
    unconditionalUpdate: true,
    ...(short === undefined ? {} : { shortNames: [short] }),
    ...special,
  }
}

function custom(resource: Resource, short?: string): ServedResource {
  return {
    ...resource,
    singular: resource.kind.toLowerCase(),
    namespaced: true,
    verbs: allVerbs,
    unconditionalUpdate: false,
    hasGeneration: true,
    ...(short === undefined ? {} : { shortNames: [short] }),
  }
}
