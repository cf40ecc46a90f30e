// The embedded API for the process that holds it: the same answers as over HTTP, without the wire.

import type {
  CallOptions,
  KubeApi,
  KubeList,
  KubeObject,
  Resource,
  WatchEvent,
  WriteOptions,
} from '../../kube/api.ts'
import { KubeError } from '../../kube/kube-error.ts'
import { needName } from '../../kube/resource-path.ts'
import { prepareExec, readLog, type HooksSource } from './containers.ts'
import { createObject } from './create.ts'
import { deleteObject } from './delete.ts'
import { listObjects } from './list.ts'
import { findServed, type ServedResource } from './resource-table.ts'
import { notFound, pathNotFound, subNotFound, toKubeError } from './status-errors.ts'
import { readObject } from './stored-object.ts'
import type { ObjectStore } from './store.ts'
import { patchObject, updateObject, type WriteTarget } from './update.ts'
import { watchObjects } from './watch.ts'

/** Ends every call and watch with the reason of `closed`. */
export function inProcessApi(store: ObjectStore, hooks: HooksSource, closed: AbortSignal): KubeApi {
  const call = async <T>(
    resource: Resource,
    options: CallOptions | undefined,
    work: (found: ServedResource) => unknown,
  ): Promise<T> => {
    closed.throwIfAborted()
    options?.signal?.throwIfAborted()
    // Also in one process a call is a step of its own: nobody may rely on its work being done before the next line.
    await Promise.resolve()
    try {
      return work(find(resource)) as T
    } catch (error) {
      throw toKubeError(error)
    }
  }
  return {
    get: <T extends KubeObject>(resource: Resource, namespace: string, name: string, o?: CallOptions) =>
      call<T>(resource, o, (found) => {
        const object = readObject(store, found, namespace, needName(resource, name))
        if (object === undefined) throw notFound(found, name)
        return object
      }),
    list: <T extends KubeObject>(
      resource: Resource,
      namespace: string,
      o: Parameters<KubeApi['list']>[2] = {},
    ) => call<KubeList<T>>(resource, o, (found) => listObjects(store, found, namespace, o)),
    create: <T extends KubeObject>(resource: Resource, namespace: string, object: T, o?: CallOptions) =>
      call<T>(resource, o, (found) => createObject(store, found, namespace, wire(object))),
    update: <T extends KubeObject>(resource: Resource, namespace: string, object: T, o?: WriteOptions) =>
      call<T>(resource, o, (found) =>
        updateObject(store, target(found, namespace, object.metadata.name ?? '', o), wire(object)),
      ),
    patch: (resource, namespace, name, type, body, o) =>
      call(resource, o, (found) => patchObject(store, target(found, namespace, name, o), type, wire(body))),
    delete: (resource, namespace, name, o = {}) =>
      call(resource, o, (found) => {
        deleteObject(store, found, namespace, needName(resource, name), o)
      }),
    deleteCollection: (resource, namespace, o = {}) =>
      call(resource, o, (found) => {
        for (const { metadata } of listObjects(store, found, namespace, o).items) {
          deleteObject(store, found, metadata.namespace ?? '', metadata.name, {})
        }
      }),
    watch: async function* <T extends KubeObject>(
      resource: Resource,
      namespace: string,
      o: Parameters<KubeApi['watch']>[2],
    ): AsyncGenerator<WatchEvent<T>, void, undefined> {
      const signal = o.signal === undefined ? closed : AbortSignal.any([o.signal, closed])
      signal.throwIfAborted()
      const events = convert(() =>
        watchObjects(store, find(resource), namespace, { ...o, bookmarks: true, signal }),
      )
      for await (const event of events) {
        if (event.type === 'ERROR')
          throw new KubeError(event.object as KubeError['status'], `watch ${resource.plural}`)
        yield event as WatchEvent<T>
      }
      signal.throwIfAborted()
    },
    log: (namespace, pod, { container, follow = false, signal = closed }) =>
      convert(() =>
        readLog(store, hooks, { namespace, pod, container }, { follow, timestamps: false, signal }),
      ),
    exec: async (namespace, pod, container, command, { signal = closed } = {}) => {
      try {
        return await prepareExec(store, hooks, { namespace, pod, container }, command)(signal)
      } catch (error) {
        throw toKubeError(error)
      }
    },
  }
}

function find(resource: Resource): ServedResource {
  const found = findServed(resource.group, resource.version, resource.plural)
  if (found === undefined) throw pathNotFound()
  return found
}

function target(
  resource: ServedResource,
  namespace: string,
  name: string,
  options: WriteOptions | undefined,
): WriteTarget {
  const status = options?.subresource === 'status'
  if (status && resource.hasStatus !== true) throw subNotFound(resource, name)
  return { resource, namespace, name, status }
}

/** What JSON makes of the value: no undefined, no shared references with the caller. */
function wire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}

function convert<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw toKubeError(error)
  }
}
