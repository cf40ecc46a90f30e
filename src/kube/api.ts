// The Kubernetes API as controller, executor and laptop use it: raw JSON in, raw JSON out, nothing dropped.
// Implemented by the REST client; both a cluster and the embedded API answer it.

import type { ObjectMeta } from '../spec/types.ts'

export interface Resource {
  /** '' for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
}

export const resources = {
  pods: { group: '', version: 'v1', plural: 'pods', kind: 'Pod' },
  configMaps: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
  secrets: { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' },
  events: { group: '', version: 'v1', plural: 'events', kind: 'Event' },
  serviceAccounts: { group: '', version: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount' },
  workflows: { group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows', kind: 'Workflow' },
  taskResults: {
    group: 'argoproj.io',
    version: 'v1alpha1',
    plural: 'workflowtaskresults',
    kind: 'WorkflowTaskResult',
  },
} as const satisfies Record<string, Resource>

export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
}

export interface KubeList<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items: readonly T[]
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject }

export interface CallOptions {
  readonly signal?: AbortSignal
}

export interface ListOptions extends CallOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly resourceVersion?: string
  readonly limit?: number
  readonly continue?: string
}

export interface WatchOptions extends CallOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly resourceVersion: string
  /** The server ends the watch after so many seconds. */
  readonly timeoutSeconds?: number
}

export type PatchType = 'merge' | 'json' | 'strategic'

export interface WriteOptions extends CallOptions {
  /** Writes the status alone, where it is a sub-resource (pods; not the resources of argoproj.io). */
  readonly subresource?: 'status'
}

export interface DeleteOptions extends CallOptions {
  readonly gracePeriodSeconds?: number
  readonly preconditionUid?: string
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
}

export interface LogOptions extends CallOptions {
  readonly container: string
  readonly follow?: boolean
}

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * All calls reject with KubeError (code ERR_NOT_FOUND, ERR_CONFLICT, ERR_GONE, ... and the API's status); retries are the
 * caller's choice, with the one classifier in kube/transient.ts.
 */
export interface KubeApi {
  get<T extends KubeObject>(
    resource: Resource,
    namespace: string,
    name: string,
    options?: CallOptions,
  ): Promise<T>
  list<T extends KubeObject>(
    resource: Resource,
    namespace: string,
    options?: ListOptions,
  ): Promise<KubeList<T>>
  create<T extends KubeObject>(
    resource: Resource,
    namespace: string,
    object: T,
    options?: CallOptions,
  ): Promise<T>
  update<T extends KubeObject>(
    resource: Resource,
    namespace: string,
    object: T,
    options?: WriteOptions,
  ): Promise<T>
  patch<T extends KubeObject>(
    resource: Resource,
    namespace: string,
    name: string,
    type: PatchType,
    body: unknown,
    options?: WriteOptions,
  ): Promise<T>
  delete(resource: Resource, namespace: string, name: string, options?: DeleteOptions): Promise<void>
  deleteCollection(resource: Resource, namespace: string, options?: ListOptions): Promise<void>
  /** Ends normally when the server ends the watch; rejects with ERR_GONE when the version is too old. */
  watch<T extends KubeObject>(
    resource: Resource,
    namespace: string,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>>
  log(namespace: string, pod: string, options: LogOptions): AsyncIterable<Uint8Array>
  /** Runs a command in a container without stdin or tty and waits for its end. */
  exec(
    namespace: string,
    pod: string,
    container: string,
    command: readonly string[],
    options?: CallOptions,
  ): Promise<ExecResult>
}
