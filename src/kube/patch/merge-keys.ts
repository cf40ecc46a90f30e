// Which lists of a pod merge by key in a strategic merge patch, and by which; every other list is replaced
// (Kubernetes API reference, patchStrategy and patchMergeKey of core/v1).

/** How one list merges: objects by the value of a key, scalars as a set. */
export type ListStrategy = { readonly key: string } | 'set'

/** What is known about the fields of one type: lists that merge, and the types of fields below. */
export interface PatchType {
  readonly lists?: Readonly<Record<string, ListStrategy>>
  readonly fields?: Readonly<Record<string, PatchType>>
}

const metadata: PatchType = { lists: { ownerReferences: { key: 'uid' }, finalizers: 'set' } }

const container: PatchType = {
  lists: {
    env: { key: 'name' },
    ports: { key: 'containerPort' },
    volumeMounts: { key: 'mountPath' },
    volumeDevices: { key: 'devicePath' },
  },
}

/** fields under a list's name describe its items. */
export const podSpecType: PatchType = {
  lists: {
    containers: { key: 'name' },
    initContainers: { key: 'name' },
    ephemeralContainers: { key: 'name' },
    volumes: { key: 'name' },
    imagePullSecrets: { key: 'name' },
    hostAliases: { key: 'ip' },
    topologySpreadConstraints: { key: 'topologyKey' },
    resourceClaims: { key: 'name' },
    schedulingGates: { key: 'name' },
  },
  fields: {
    containers: container,
    initContainers: container,
    ephemeralContainers: container,
  },
}

export const podType: PatchType = {
  fields: {
    metadata,
    spec: podSpecType,
    status: {
      lists: {
        conditions: { key: 'type' },
        podIPs: { key: 'ip' },
        hostIPs: { key: 'ip' },
        resourceClaimStatuses: { key: 'name' },
      },
    },
  },
}

/** Any other core object, e.g. a ConfigMap. */
export const plainType: PatchType = {
  lists: { secrets: { key: 'name' }, imagePullSecrets: { key: 'name' } },
  fields: { metadata },
}
