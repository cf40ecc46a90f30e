// The verb watch of the embedded API: the log of events read on and on, seen through the selector of one client.

import { sleep } from '../../util/sleep.ts'
import { readVersion } from './list.ts'
import { apiVersionOf, type ServedResource } from './resource-table.ts'
import { selectorOf, type Selectors, type Selects } from './select.ts'
import { expired, qualified, statusBody } from './status-errors.ts'
import { parseObject, type StoredObject } from './stored-object.ts'
import type { ObjectStore, StoredEvent } from './store.ts'

export interface WatchRequest extends Selectors {
  readonly resourceVersion?: string | undefined
  readonly bookmarks: boolean
  /** First all that is there, then a bookmark that says so. */
  readonly sendInitialEvents?: boolean | undefined
  readonly timeoutSeconds?: number | undefined
  readonly signal: AbortSignal
}

export interface WireEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: unknown
}

const bookmarkEveryMs = 60_000
const longestSeconds = 3600
const batch = 256

/** Ends after the time the client asked for, or with the signal. Throws 400 and 500 for what cannot be watched. */
export function watchObjects(
  store: ObjectStore,
  resource: ServedResource,
  namespace: string,
  request: WatchRequest,
): AsyncGenerator<WireEvent, void, undefined> {
  return follow(
    store,
    resource,
    namespace,
    request,
    selectorOf(resource, request),
    readVersion(request.resourceVersion) ?? 0,
  )
}

async function* follow(
  store: ObjectStore,
  resource: ServedResource,
  namespace: string,
  request: WatchRequest,
  selects: Selects,
  start: number,
): AsyncGenerator<WireEvent, void, undefined> {
  const endAt = performance.now() + Math.min(request.timeoutSeconds ?? longestSeconds, longestSeconds) * 1000
  let cursor = start
  if (start === 0 || request.sendInitialEvents === true) {
    const initial = store.read(() => ({
      version: store.version(),
      objects: [...store.list(qualified(resource), namespace)].map(parseObject).filter(selects),
    }))
    cursor = initial.version
    for (const object of initial.objects) yield { type: 'ADDED', object }
    if (request.sendInitialEvents === true)
      yield bookmark(resource, cursor, { 'k8s.io/initial-events-end': 'true' })
  }
  let bookmarkAt = performance.now() + bookmarkEveryMs
  while (!request.signal.aborted) {
    // The promise first, then the look: a write in between is not missed.
    const changed = store.nextChange()
    const seen = store.read(() => ({
      trimmed: store.trimmed(),
      version: store.version(),
      events: store.eventsAfter(qualified(resource), namespace, cursor, batch),
    }))
    if (cursor < seen.trimmed) {
      const { status } = expired(`too old resource version: ${String(cursor)} (${String(seen.trimmed)})`)
      yield { type: 'ERROR', object: statusBody(status) }
      return
    }
    for (const event of seen.events) {
      const visible = through(event, selects)
      if (visible !== undefined) yield visible
    }
    cursor =
      seen.events.length === batch ? (seen.events.at(-1)?.version ?? cursor) : Math.max(cursor, seen.version)
    if (seen.events.length === batch) continue
    const now = performance.now()
    if (request.bookmarks && (now >= bookmarkAt || now >= endAt)) {
      yield bookmark(resource, cursor)
      bookmarkAt = now + bookmarkEveryMs
    }
    if (now >= endAt) return
    await either(changed, Math.min(endAt, bookmarkAt) - now, request.signal)
  }
}

/** What a client with this selector sees: an object that leaves its view is deleted to it, one that enters is new. */
function through(event: StoredEvent, selects: Selects): WireEvent | undefined {
  const object = parseObject(event.body)
  const before = event.previous === null ? undefined : parseObject(event.previous)
  const was = before !== undefined && selects(before)
  if (event.type === 'DELETED') return was ? { type: 'DELETED', object } : undefined
  if (selects(object)) return { type: was ? 'MODIFIED' : 'ADDED', object }
  return was ? { type: 'DELETED', object: atVersion(before, object.metadata.resourceVersion) } : undefined
}

function atVersion(object: StoredObject, resourceVersion: string | undefined): StoredObject {
  return {
    ...object,
    metadata: { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
  }
}

function bookmark(
  resource: ServedResource,
  version: number,
  annotations?: Readonly<Record<string, string>>,
): WireEvent {
  const metadata = {
    resourceVersion: String(version),
    creationTimestamp: null,
    ...(annotations ? { annotations } : {}),
  }
  return { type: 'BOOKMARK', object: { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata } }
}

async function either(changed: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const stop = new AbortController()
  const pause = sleep(Math.max(ms, 0), AbortSignal.any([signal, stop.signal])).catch(() => {})
  await Promise.race([changed, pause])
  stop.abort()
}
