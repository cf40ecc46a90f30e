// One watch request as an async iterable of events, for the client; resuming and relisting is the informer's work.

import type { KubeObject, Resource, WatchEvent, WatchOptions } from './api.ts'
import { jsonLines } from './json-lines.ts'
import { KubeError, type KubeStatus } from './kube-error.ts'
import { resourcePath } from './resource-path.ts'
import { brokenAnswer, type Transport } from './transport.ts'
import { ArgoError, errorMessage } from '../errors/argo-error.ts'
import type { HttpResponse } from '../util/http.ts'

/** The server ends a watch by itself after this time when the caller names none. */
const defaultTimeoutSeconds = 300

/**
 * Yields events until the server ends the watch. Rejects with code ERR_GONE when `resourceVersion` is too old, both when
 * the server says so at once and when it says so as an event. Leaving the loop closes the connection.
 */
export async function* watchEvents<T extends KubeObject>(
  transport: Transport,
  resource: Resource,
  namespace: string,
  options: WatchOptions,
  failure: (answer: HttpResponse) => Promise<KubeError>,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  const timeoutSeconds = options.timeoutSeconds ?? defaultTimeoutSeconds
  const path = resourcePath(resource, namespace, '', '', {
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: options.resourceVersion,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    timeoutSeconds,
  })
  const request = { method: 'GET', path, headers: { accept: 'application/json' }, signal: options.signal }
  // A quiet watch is normal, one that outlives its own time is a dead connection.
  const answer = await transport.request({ ...request, stallMs: (timeoutSeconds + 30) * 1000 })
  if (answer.status !== 200) throw await failure(answer)
  try {
    for await (const line of jsonLines(answer.body as AsyncIterable<Uint8Array>))
      yield eventOf<T>(line, resource)
  } catch (error) {
    if (error instanceof ArgoError) throw error
    if (error instanceof SyntaxError) {
      const message = `watch ${resource.plural}: an event is no JSON (${errorMessage(error)})`
      throw new ArgoError(message, { code: 'ERR_TORN_DATA', retryable: true, cause: error })
    }
    throw brokenAnswer(`watch ${resource.plural}`, error, options.signal)
  } finally {
    answer.body.destroy()
  }
}

function eventOf<T extends KubeObject>(line: unknown, resource: Resource): WatchEvent<T> {
  const event = line as { readonly type?: string; readonly object?: unknown }
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: event.type, object: event.object as T }
    case 'BOOKMARK':
      return { type: 'BOOKMARK', object: event.object as KubeObject }
    case 'ERROR': {
      const status = event.object as Partial<KubeStatus> | undefined
      throw new KubeError(
        {
          code: status?.code ?? 500,
          reason: status?.reason ?? '',
          message: status?.message ?? 'the watch failed',
        },
        `watch ${resource.plural}`,
      )
    }
    default:
      throw new ArgoError(`watch ${resource.plural}: unknown event type ${JSON.stringify(event.type)}`, {
        code: 'ERR_TORN_DATA',
        retryable: true,
      })
  }
}
