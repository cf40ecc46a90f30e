// Answers of the embedded API that go on and on: watches and logs.

import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { readLog } from './containers.ts'
import type { Handling } from './handle-request.ts'
import { count, isTrue, selectorsOf } from './query.ts'
import type { RequestPath } from './request-path.ts'
import type { ServedResource } from './resource-table.ts'
import type { StoredObject } from './stored-object.ts'
import { tableOf } from './table.ts'
import { watchObjects, type WireEvent } from './watch.ts'

export async function sendWatch(
  handling: Handling,
  response: ServerResponse,
  path: RequestPath,
  query: URLSearchParams,
  isTable: boolean,
): Promise<void> {
  const seconds = count(query, 'timeoutSeconds')
  const signal = untilGone(handling, response)
  const events = watchObjects(handling.store, path.resource, path.namespace, {
    ...selectorsOf(query),
    resourceVersion: query.get('resourceVersion') ?? undefined,
    bookmarks: isTrue(query, 'allowWatchBookmarks'),
    sendInitialEvents: isTrue(query, 'sendInitialEvents'),
    signal,
    ...(seconds === undefined || seconds === 0 ? {} : { timeoutSeconds: seconds }),
  })
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
  const include = query.get('includeObject')
  for await (const event of events) {
    const shown = isTable ? inRows(event, path.resource, include) : event
    await writeOut(response, `${JSON.stringify(shown)}\n`, signal)
  }
  response.end()
}

/** Bookmarks and errors are no objects to show. */
function inRows(event: WireEvent, resource: ServedResource, include: string | null): WireEvent {
  if (event.type === 'BOOKMARK' || event.type === 'ERROR') return event
  const object = event.object as StoredObject
  const { resourceVersion } = object.metadata
  return { type: event.type, object: tableOf(resource, { resourceVersion }, [object], include) }
}

export async function sendLog(
  handling: Handling,
  response: ServerResponse,
  path: RequestPath,
  query: URLSearchParams,
): Promise<void> {
  const signal = untilGone(handling, response)
  const follow = isTrue(query, 'follow')
  const address = {
    namespace: path.namespace,
    pod: path.name ?? '',
    container: query.get('container') ?? undefined,
  }
  const wishes = {
    follow,
    tailLines: count(query, 'tailLines'),
    timestamps: isTrue(query, 'timestamps'),
    signal,
  }
  const chunks = readLog(handling.store, handling.hooks, address, wishes)[Symbol.asyncIterator]()
  // The first piece before the head: a container without a log is refused with a status, not with an empty 200.
  const first = follow ? undefined : await chunks.next()
  response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders()
  for (let next = first ?? (await chunks.next()); next.done !== true; next = await chunks.next()) {
    await writeOut(response, next.value, signal)
  }
  response.end()
}

/** Aborted when the client has gone away or the API is closed. */
function untilGone({ closed }: Handling, response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.on('close', () => {
    gone.abort()
  })
  return AbortSignal.any([gone.signal, closed])
}

/** A reader that does not keep up is waited for, and forgotten when it goes away. */
async function writeOut(
  response: ServerResponse,
  chunk: string | Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  if (response.write(chunk) || signal.aborted) return
  await once(response, 'drain', { signal }).catch(() => {})
}
