// One HTTP request to the embedded API: from its path and verb to the answer.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PatchType } from '../../kube/api.ts'
import type { HooksSource } from './containers.ts'
import { createObject } from './create.ts'
import { deleteObject, type Deletion } from './delete.ts'
import { discovery } from './discovery.ts'
import { listObjects } from './list.ts'
import { deleteRequest, isDryRun, isTrue, listRequest } from './query.ts'
import { mediaType, readBody, readJsonBody } from './request-body.ts'
import { parsePath, type RequestPath } from './request-path.ts'
import { notAllowed, notFound, unsupportedMedia } from './status-errors.ts'
import { readObject } from './stored-object.ts'
import type { ObjectStore } from './store.ts'
import { sendLog, sendWatch } from './stream-answers.ts'
import { tableOf, wantsTable } from './table.ts'
import { patchObject, updateObject } from './update.ts'

export interface Handling {
  readonly store: ObjectStore
  readonly hooks: HooksSource
  /** Aborted when the API is closed. */
  readonly closed: AbortSignal
}

interface Call {
  readonly handling: Handling
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: RequestPath
  readonly query: URLSearchParams
}

/** Answers, or throws a KubeError before the answer has begun. */
export async function handleRequest(
  handling: Handling,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://api')
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname
  if (request.method === 'GET' && ['/healthz', '/livez', '/readyz'].includes(path)) {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok')
    return
  }
  const known = request.method === 'GET' ? discovery(path) : undefined
  if (known !== undefined) {
    sendJson(response, 200, known)
    return
  }
  const call: Call = { handling, request, response, path: parsePath(path), query: url.searchParams }
  await (call.path.name === undefined ? handleCollection(call) : handleObject(call, call.path.name))
}

async function handleCollection({ handling, request, response, path, query }: Call): Promise<void> {
  const { store } = handling
  const { resource, namespace } = path
  switch (request.method) {
    case 'GET': {
      const isTable = wantsTable(resource, request.headers.accept)
      if (isTrue(query, 'watch')) {
        await sendWatch(handling, response, path, query, isTable)
        return
      }
      const list = listObjects(store, resource, namespace, listRequest(query))
      const shown = isTable ? tableOf(resource, list.metadata, list.items, query.get('includeObject')) : list
      sendJson(response, 200, shown)
      return
    }
    case 'POST': {
      if (resource.namespaced && namespace === '') throw notAllowed()
      const body = await readBody(request)
      const create = (): unknown => createObject(store, resource, namespace, body)
      sendJson(response, 201, isDryRun(query) ? store.rehearse(create) : create())
      return
    }
    case 'DELETE': {
      if (!resource.verbs.includes('deletecollection') || namespace === '') throw notAllowed()
      const body = await readJsonBody(request)
      const options = deleteRequest(query, body)
      const deleteAll = (): unknown => {
        const list = listObjects(store, resource, namespace, listRequest(query))
        for (const { metadata } of list.items) deleteIfThere(store, path, metadata.name, options)
        return list
      }
      sendJson(
        response,
        200,
        isDryRun(query, body) ? store.rehearse(deleteAll) : store.transaction(deleteAll),
      )
      return
    }
    default:
      throw notAllowed()
  }
}

async function handleObject({ handling, request, response, path, query }: Call, name: string): Promise<void> {
  const { store } = handling
  const { resource, namespace, sub } = path
  if (sub === 'log' && request.method === 'GET') {
    await sendLog(handling, response, path, query)
    return
  }
  if (sub === 'log' || sub === 'exec') throw notAllowed()
  const target = { resource, namespace, name, status: sub === 'status' }
  switch (request.method) {
    case 'GET': {
      const object = readObject(store, resource, namespace, name)
      if (object === undefined) throw notFound(resource, name)
      const { resourceVersion } = object.metadata
      const isTable = wantsTable(resource, request.headers.accept)
      const include = query.get('includeObject')
      sendJson(response, 200, isTable ? tableOf(resource, { resourceVersion }, [object], include) : object)
      return
    }
    case 'PUT': {
      const body = await readBody(request)
      const update = (): unknown => updateObject(store, target, body)
      sendJson(response, 200, isDryRun(query) ? store.rehearse(update) : update())
      return
    }
    case 'PATCH': {
      const type = patchTypeOf(request)
      const body = await readJsonBody(request)
      const patch = (): unknown => patchObject(store, target, type, body)
      sendJson(response, 200, isDryRun(query) ? store.rehearse(patch) : patch())
      return
    }
    case 'DELETE': {
      if (sub !== undefined || !resource.verbs.includes('delete')) throw notAllowed()
      const body = await readJsonBody(request)
      const options = deleteRequest(query, body)
      const remove = (): Deletion => deleteObject(store, resource, namespace, name, options)
      sendJson(response, 200, deletionBody(path, isDryRun(query, body) ? store.rehearse(remove) : remove()))
      return
    }
    default:
      throw notAllowed()
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

/** One of them may have gone with an owner that was deleted just before. */
function deleteIfThere(
  store: ObjectStore,
  { resource, namespace }: RequestPath,
  name: string,
  options: ReturnType<typeof deleteRequest>,
): void {
  if (readObject(store, resource, namespace, name) !== undefined)
    deleteObject(store, resource, namespace, name, options)
}

function deletionBody({ resource, name = '' }: RequestPath, { object, gone }: Deletion): unknown {
  if (resource.kind === 'Pod' || !gone) return object
  const group = resource.group === '' ? {} : { group: resource.group }
  const details = { name, ...group, kind: resource.plural, uid: object.metadata.uid }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
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
