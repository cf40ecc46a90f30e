// One HTTP request to the embedded API: from its path and verb to the answer.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { PatchType } from '../../kube/api.ts'
import { isObject } from '../../kube/patch/merge.ts'
import type { Json } from '../../spec/types.ts'
import { readLog, type HooksSource } from './containers.ts'
import { createObject } from './create.ts'
import { deleteObject, type DeleteRequest, type Deletion } from './delete.ts'
import { discovery } from './discovery.ts'
import { listObjects } from './list.ts'
import { mediaType, readJsonBody } from './request-body.ts'
import { parsePath, type RequestPath } from './request-path.ts'
import { badRequest, notAllowed, notFound, statusBody, unsupportedMedia } from './status-errors.ts'
import { readObject } from './stored-object.ts'
import type { ObjectStore } from './store.ts'
import { patchObject, updateObject } from './update.ts'
import { watchObjects } from './watch.ts'

export interface Handling {
  readonly store: ObjectStore
  readonly hooks: HooksSource
  readonly closed: AbortSignal
}

/** Answers, or throws a KubeError before the answer has begun. */
export async function handleRequest(handling: Handling, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://api')
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname
  if (request.method === 'GET' && ['/healthz', '/livez', '/readyz'].includes(path)) {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok')
    return
  }
  const known = request.method === 'GET' ? discovery(path) : undefined
  if (known !== undefined) sendJson(response, 200, known)
  else await handleResource(handling, request, response, parsePath(path), url.searchParams)
}

async function handleResource(
  handling: Handling,
  request: IncomingMessage,
  response: ServerResponse,
  path: RequestPath,
  query: URLSearchParams,
): Promise<void> {
  const { store } = handling
  const { resource, namespace, name } = path
  if (name === undefined) {
    await handleCollection(handling, request, response, path, query)
    return
  }
  if (path.sub === 'log' && request.method === 'GET') {
    await sendLog(handling, response, path, query)
    return
  }
  const target = { resource, namespace, name, status: path.sub === 'status' }
  switch (path.sub === 'log' || path.sub === 'exec' ? '' : request.method) {
    case 'GET': {
      const object = readObject(store, resource, namespace, name)
      if (object === undefined) throw notFound(resource, name)
      sendJson(response, 200, object)
      return
    }
    case 'PUT':
      sendJson(response, 200, updateObject(store, target, await readJsonBody(request)))
      return
    case 'PATCH': {
      const type = patchTypeOf(request)
      sendJson(response, 200, patchObject(store, target, type, await readJsonBody(request)))
      return
    }
    case 'DELETE': {
      if (path.sub !== undefined || !resource.verbs.includes('delete')) throw notAllowed()
      const options = deleteRequest(query, await readJsonBody(request))
      sendJson(response, 200, deletionBody(path, deleteObject(store, resource, namespace, name, options)))
      return
    }
    default:
      throw notAllowed()
  }
}

async function handleCollection(
  handling: Handling,
  request: IncomingMessage,
  response: ServerResponse,
  { resource, namespace }: RequestPath,
  query: URLSearchParams,
): Promise<void> {
  const { store } = handling
  switch (request.method) {
    case 'GET': {
      const watching = isTrue(query.get('watch'))
      if (watching) await sendWatch(handling, response, resource, namespace, query)
      else sendJson(response, 200, listObjects(store, resource, namespace, listRequest(query)))
      return
    }
    case 'POST': {
      if (resource.namespaced && namespace === '') throw notAllowed()
      const type = mediaType(request)
      if (type !== '' && type !== 'application/json' && type !== 'application/x-www-form-urlencoded') {
        throw unsupportedMedia(['application/json'])
      }
      sendJson(response, 201, createObject(store, resource, namespace, await readJsonBody(request)))
      return
    }
    case 'DELETE': {
      if (!resource.verbs.includes('deletecollection') || namespace === '') throw notAllowed()
      const options = deleteRequest(query, await readJsonBody(request))
      const list = store.transaction(() => {
        const found = listObjects(store, resource, namespace, listRequest(query))
        for (const { metadata } of found.items) deleteObject(store, resource, namespace, metadata.name, options)
        return found
      })
      sendJson(response, 200, list)
      return
    }
    default:
      throw notAllowed()
  }
}

async function sendWatch(
  { store, closed }: Handling,
  response: ServerResponse,
  resource: RequestPath['resource'],
  namespace: string,
  query: URLSearchParams,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => {
    gone.abort()
  })
  const seconds = count(query, 'timeoutSeconds')
  const signal = AbortSignal.any([gone.signal, closed])
  const events = watchObjects(store, resource, namespace, {
    ...selectorsOf(query),
    resourceVersion: query.get('resourceVersion') ?? undefined,
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: isTrue(query.get('sendInitialEvents')),
    signal,
    ...(seconds === undefined || seconds === 0 ? {} : { timeoutSeconds: seconds }),
  })
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
  for await (const event of events) await writeOut(response, `${JSON.stringify(event)}\n`, signal)
  response.end()
}

async function sendLog({ store, hooks, closed }: Handling, response: ServerResponse, path: RequestPath, query: URLSearchParams): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => {
    gone.abort()
  })
  const signal = AbortSignal.any([gone.signal, closed])
  const address = { namespace: path.namespace, pod: path.name ?? '', container: query.get('container') ?? undefined }
  const log = readLog(store, hooks, address, {
    follow: isTrue(query.get('follow')),
    tailLines: count(query, 'tailLines'),
    timestamps: isTrue(query.get('timestamps')),
    signal,
  })
  // The first piece before the head: a container without a log is refused with a status, not with an empty 200.
  const chunks = log[Symbol.asyncIterator]()
  const first = isTrue(query.get('follow')) ? undefined : await chunks.next()
  response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders()
  for (let next = first ?? (await chunks.next()); next.done !== true; next = await chunks.next()) {
    await writeOut(response, next.value, signal)
  }
  response.end()
}

/** A reader that does not keep up is waited for, and forgotten when it goes away. */
async function writeOut(response: ServerResponse, chunk: string | Uint8Array, signal: AbortSignal): Promise<void> {
  if (response.write(chunk) || signal.aborted) return
  await once(response, 'drain', { signal }).catch(() => {})
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

function deletionBody({ resource, name = '' }: RequestPath, { object, gone }: Deletion): unknown {
  if (resource.kind === 'Pod' || !gone) return object
  const details = { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural, uid: object.metadata.uid }
  const { kind, apiVersion, metadata } = statusBody({ code: 200, reason: '', message: '' })
  return { kind, apiVersion, metadata, status: 'Success', details }
}

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/merge-patch+json': 'merge',
  'application/json-patch+json': 'json',
  'application/strategic-merge-patch+json': 'strategic',
}

function patchTypeOf(request: IncomingMessage): PatchType {
  const type = patchTypes[mediaType(request)]
  if (type === undefined) throw unsupportedMedia(Object.keys(patchTypes))
  return type
}

/** Options come in the query, or as a DeleteOptions in the body. */
function deleteRequest(query: URLSearchParams, body: unknown): DeleteRequest {
  if (body !== undefined && !isObject(body as Json)) throw badRequest('the body of a delete is no DeleteOptions')
  const options = (body ?? {}) as {
    readonly gracePeriodSeconds?: number | null
    readonly propagationPolicy?: string | null
    readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | null
  }
  const graceSeconds = options.gracePeriodSeconds ?? count(query, 'gracePeriodSeconds')
  const policy = options.propagationPolicy ?? query.get('propagationPolicy')
  const { uid, resourceVersion } = options.preconditions ?? {}
  return {
    ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
    ...(uid === undefined ? {} : { preconditionUid: uid }),
    ...(resourceVersion === undefined ? {} : { preconditionVersion: resourceVersion }),
  }
}

function listRequest(query: URLSearchParams) {
  return { ...selectorsOf(query), limit: count(query, 'limit'), continue: query.get('continue') ?? undefined }
}

function selectorsOf(query: URLSearchParams) {
  return { labelSelector: query.get('labelSelector') ?? undefined, fieldSelector: query.get('fieldSelector') ?? undefined }
}

function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1'
}

function count(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`${name} must be a whole number, found ${JSON.stringify(text)}`)
  return Number(text)
}
