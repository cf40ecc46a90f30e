// Answers of the embedded API that go on and on: watches and logs.

import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { readLog } from './containers.ts'
import type { Handling } from './handle-request.ts'
import { count, isTrue, selectorsOf } from './query.ts'
import type { RequestPath } from './request-path.ts'
import { watchObjects } from './watch.ts'

export async function sendWatch(
  handling: Handling,
  response: ServerResponse,
  path: RequestPath,
  query: URLSearchParams,
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
  for await (const event of events) await writeOut(response, `${JSON.stringify(event)}\n`, signal)
  response.end()
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
