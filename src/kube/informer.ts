// A live copy of one kind of objects: listed once, then watched; it survives ended watches, expired versions and an API
// server that is away. For the controller and the laptop's engine.

import { errorMessage } from '../errors/argo-error.ts'
import type { Logger } from '../log/logger.ts'
import { sleep } from '../util/sleep.ts'
import type { KubeApi, KubeObject, Resource, WatchEvent } from './api.ts'
import { InformerCache, keyOf, type IndexOf } from './informer-cache.ts'
import { isGone, retryAfterMsOf } from './kube-error.ts'

export interface InformerHandlers<T> {
  readonly added?: (object: T) => void
  readonly updated?: (object: T, old: T) => void
  /** The last state that was seen; it may be older than the state at deletion. */
  readonly deleted?: (object: T) => void
}

export interface InformerOptions<T extends KubeObject> {
  readonly api: KubeApi
  readonly resource: Resource
  /** '' for all namespaces. */
  readonly namespace: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly indexes?: Readonly<Record<string, IndexOf<T>>>
  readonly handlers?: InformerHandlers<T>
  /** Ends the informer; it is its only end. */
  readonly signal: AbortSignal
  readonly log?: Logger
  /** Objects a page of the list. Default 500. */
  readonly pageSize?: number
  /** Shortest and longest pause after a failure. Default 200 ms and 30 s. */
  readonly backoffMs?: { readonly least: number; readonly most: number }
}

/** Objects are shared with every reader: treat them as frozen. */
export interface Informer<T extends KubeObject> {
  /** Resolves when the first list is in the cache; rejects with the signal's reason when ended before. */
  readonly synced: Promise<void>
  /** Resolves when the signal has ended the informer and nothing of it runs any more. */
  readonly ended: Promise<void>
  get(namespace: string, name: string): T | undefined
  list(): readonly T[]
  /** Objects that the named index finds under `value`. */
  by(index: string, value: string): readonly T[]
}

export function startInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T> {
  const cache = new InformerCache<T>(options.indexes ?? {})
  const synced = Promise.withResolvers<void>()
  // Somebody who never asks for it must not be told of an unhandled rejection.
  synced.promise.catch(() => {})
  const ended = run(options, cache, synced.resolve).catch(() => {
    synced.reject(options.signal.reason)
  })
  return {
    synced: synced.promise,
    ended,
    get: (namespace, name) => cache.get(`${namespace}/${name}`),
    list: () => cache.list(),
    by: (index, value) => cache.by(index, value),
  }
}

/** Ends only by rejecting, when the signal is aborted. */
async function run<T extends KubeObject>(
  options: InformerOptions<T>,
  cache: InformerCache<T>,
  synced: () => void,
): Promise<never> {
  const { signal, log, resource } = options
  const { least, most } = options.backoffMs ?? { least: 200, most: 30_000 }
  let pauseMs = least
  let version: string | undefined
  for (;;) {
    signal.throwIfAborted()
    try {
      if (version === undefined) {
        version = await relist(options, cache)
        synced()
      }
      const startedAt = performance.now()
      for await (const event of watch(options, version)) {
        version = event.object.metadata.resourceVersion ?? version
        if (event.type !== 'BOOKMARK') apply(options, cache, event)
        pauseMs = least
      }
      // The server's own end of a watch is normal; a server that ends every watch at once must not be hammered.
      if (performance.now() - startedAt > 10_000) pauseMs = least
      await sleep(pauseMs, signal)
      pauseMs = Math.min(pauseMs * 2, most)
    } catch (error) {
      signal.throwIfAborted()
      if (isGone(error)) version = undefined
      const waitMs = Math.max(retryAfterMsOf(error) ?? 0, pauseMs * (0.8 + Math.random() * 0.4))
      const fields = { resource: resource.plural, error: errorMessage(error), waitMs: Math.round(waitMs) }
      if (isGone(error)) log?.debug('the version of a watch is too old, listing again', fields)
      else log?.warn('watching the API failed, trying again', fields)
      await sleep(waitMs, signal)
      pauseMs = Math.min(pauseMs * 2, most)
    }
  }
}

function watch<T extends KubeObject>(
  options: InformerOptions<T>,
  resourceVersion: string,
): AsyncIterable<WatchEvent<T>> {
  return options.api.watch<T>(options.resource, options.namespace, {
    resourceVersion,
    ...selectors(options),
    signal: options.signal,
    // Spread, so that the watches of many controllers do not end together.
    timeoutSeconds: 300 + Math.floor(Math.random() * 300),
  })
}

function selectors<T extends KubeObject>(
  options: InformerOptions<T>,
): { labelSelector?: string; fieldSelector?: string } {
  return {
    ...(options.labelSelector === undefined ? {} : { labelSelector: options.labelSelector }),
    ...(options.fieldSelector === undefined ? {} : { fieldSelector: options.fieldSelector }),
  }
}

/** Brings the cache to the state of a fresh list and tells the handlers the difference. Returns the list's version. */
async function relist<T extends KubeObject>(
  options: InformerOptions<T>,
  cache: InformerCache<T>,
): Promise<string> {
  const { api, resource, namespace, signal } = options
  const seen = new Set<string>()
  let next: string | undefined
  let version: string
  do {
    const page = await api.list<T>(resource, namespace, {
      ...selectors(options),
      signal,
      limit: options.pageSize ?? 500,
      ...(next === undefined ? {} : { continue: next }),
    })
    for (const object of page.items) {
      seen.add(keyOf(object))
      upsert(options, cache, object)
    }
    next = page.metadata.continue
    version = page.metadata.resourceVersion
  } while (next !== undefined && next !== '')
  for (const key of cache.keys()) if (!seen.has(key)) remove(options, cache, key)
  return version
}

function apply<T extends KubeObject>(
  options: InformerOptions<T>,
  cache: InformerCache<T>,
  event: { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T },
): void {
  if (event.type === 'DELETED') remove(options, cache, keyOf(event.object))
  else upsert(options, cache, event.object)
}

function upsert<T extends KubeObject>(options: InformerOptions<T>, cache: InformerCache<T>, object: T): void {
  const key = keyOf(object)
  const known = cache.get(key)
  // A version is opaque text: equal means the same state, told twice; anything else is news.
  if (known !== undefined && known.metadata.resourceVersion === object.metadata.resourceVersion) return
  const slim = withoutManagedFields(object)
  const replaced = known !== undefined && known.metadata.uid !== slim.metadata.uid
  if (replaced) remove(options, cache, key)
  cache.set(key, slim)
  if (known === undefined || replaced) tell(options, () => options.handlers?.added?.(slim))
  else tell(options, () => options.handlers?.updated?.(slim, known))
}

function remove<T extends KubeObject>(
  options: InformerOptions<T>,
  cache: InformerCache<T>,
  key: string,
): void {
  const old = cache.delete(key)
  if (old !== undefined) tell(options, () => options.handlers?.deleted?.(old))
}

/** A handler that throws must not end the watch of all others. */
function tell<T extends KubeObject>(options: InformerOptions<T>, handler: () => void): void {
  try {
    handler()
  } catch (error) {
    options.log?.error('a handler of an informer failed', {
      resource: options.resource.plural,
      error: errorMessage(error),
    })
  }
}

/** managedFields is the larger half of many objects, and nobody here reads it. */
function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (!('managedFields' in object.metadata)) return object
  const { managedFields: _, ...metadata } = object.metadata as Record<string, unknown>
  return { ...object, metadata }
}
