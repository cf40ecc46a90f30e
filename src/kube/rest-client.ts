// The client of the Kubernetes API for executor, controller and command line: raw JSON over HTTP(S), no library.

import { errorMessage, ArgoError } from '../errors/argo-error.ts'
import type { KubeApi, KubeList, KubeObject, ListOptions, PatchType, Resource, WriteOptions } from './api.ts'
import type { KubeConfig } from './kube-config.ts'
import { KubeError, type KubeStatus } from './kube-error.ts'
import { needName, resourcePath, type Query } from './resource-path.ts'
import type { Environment } from '../util/environment.ts'
import type { HttpResponse } from '../util/http.ts'
import { brokenAnswer, createTransport, type Transport } from './transport.ts'
import { watchEvents } from './watch.ts'

export interface KubeClient extends KubeApi {
  /** Any path of the API, e.g. `/version`; the decoded JSON. */
  raw(path: string, signal?: AbortSignal): Promise<unknown>
  close(): void
}

export interface ClientOptions {
  /** Read for proxies and the system's certificates; none when absent. */
  readonly env?: Environment
  /** Longest silence of the server in an ordinary call. Default 60 s. */
  readonly stallMs?: number
}

interface Call {
  readonly method: string
  readonly path: string
  /** For messages: `create pods argo/x`. */
  readonly doing: string
  readonly body?: unknown
  readonly contentType?: string
  readonly signal?: AbortSignal | undefined
}

const patchTypes: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

export function createKubeClient(config: KubeConfig, options: ClientOptions = {}): KubeClient {
  const transport = createTransport(config, options.env ?? {})
  const stallMs = options.stallMs ?? 60_000
  const send = async (call: Call): Promise<unknown> => callJson(transport, call, stallMs)

  return {
    get: async <T extends KubeObject>(resource: Resource, namespace: string, name: string, o = {}) =>
      (await send({
        method: 'GET',
        path: resourcePath(resource, namespace, needName(resource, name)),
        doing: doing('get', resource, namespace, name),
        ...o,
      })) as T,

    list: async <T extends KubeObject>(resource: Resource, namespace: string, o: ListOptions = {}) => {
      const path = resourcePath(resource, namespace, '', '', listQuery(o))
      const list = await send({
        method: 'GET',
        path,
        doing: doing('list', resource, namespace),
        signal: o.signal,
      })
      return withKinds(resource, list as KubeList<T>)
    },

    create: async <T extends KubeObject>(resource: Resource, namespace: string, object: T, o = {}) =>
      (await send({
        method: 'POST',
        path: resourcePath(resource, namespace),
        doing: doing('create', resource, namespace, object.metadata.name ?? object.metadata.generateName),
        body: object,
        ...o,
      })) as T,

    update: async <T extends KubeObject>(
      resource: Resource,
      namespace: string,
      object: T,
      o: WriteOptions = {},
    ) =>
      (await send({
        method: 'PUT',
        path: resourcePath(
          resource,
          namespace,
          needName(resource, object.metadata.name ?? ''),
          o.subresource,
        ),
        doing: doing('update', resource, namespace, object.metadata.name),
        body: object,
        signal: o.signal,
      })) as T,

    patch: async <T extends KubeObject>(
      resource: Resource,
      namespace: string,
      name: string,
      type: PatchType,
      body: unknown,
      o: WriteOptions = {},
    ) =>
      (await send({
        method: 'PATCH',
        path: resourcePath(resource, namespace, needName(resource, name), o.subresource),
        doing: doing('patch', resource, namespace, name),
        body,
        contentType: patchTypes[type],
        signal: o.signal,
      })) as T,

    delete: async (resource, namespace, name, o = {}) => {
      const path = resourcePath(resource, namespace, needName(resource, name))
      const body = {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...(o.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: o.gracePeriodSeconds }),
        ...(o.preconditionUid === undefined ? {} : { preconditions: { uid: o.preconditionUid } }),
        ...(o.propagationPolicy === undefined ? {} : { propagationPolicy: o.propagationPolicy }),
      }
      await send({
        method: 'DELETE',
        path,
        doing: doing('delete', resource, namespace, name),
        body,
        signal: o.signal,
      })
    },

    deleteCollection: async (resource, namespace, o = {}) => {
      const path = resourcePath(resource, namespace, '', '', listQuery(o))
      await send({
        method: 'DELETE',
        path,
        doing: doing('delete all', resource, namespace),
        signal: o.signal,
      })
    },

    watch: (resource, namespace, o) =>
      watchEvents(transport, resource, namespace, o, (answer) =>
        failure(answer, doing('watch', resource, namespace)),
      ),

    log: async function* (namespace, pod, o) {
      const path = resourcePath(pods, namespace, needName(pods, pod), 'log', {
        container: o.container,
        follow: o.follow,
      })
      // Nobody can tell a quiet container from a dead server here; the kernel's keep-alive and the signal end it.
      const answer = await transport.request({
        method: 'GET',
        path,
        signal: o.signal,
        ...(o.follow === true ? {} : { stallMs }),
      })
      if (answer.status !== 200) throw await failure(answer, `read the log of ${namespace}/${pod}`)
      try {
        for await (const chunk of answer.body) yield chunk as Uint8Array
      } catch (error) {
        throw brokenAnswer(`read the log of ${namespace}/${pod}`, error, o.signal)
      } finally {
        answer.body.destroy()
      }
    },

    exec: async (namespace, pod, container, command, o = {}) => {
      const { execInPod } = await import('./exec.ts')
      return execInPod(transport, { namespace, pod, container, command, signal: o.signal }, failure)
    },

    raw: async (path, signal) => send({ method: 'GET', path, doing: `get ${path}`, signal }),
    close: () => {
      transport.close()
    },
  }
}

const pods: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' }

function doing(verb: string, resource: Resource, namespace: string, name?: string): string {
  const place = [namespace, name].filter((part) => part !== undefined && part !== '').join('/')
  return `${verb} ${resource.plural}${place === '' ? '' : ` ${place}`}`
}

function listQuery(o: ListOptions): Query {
  return {
    labelSelector: o.labelSelector,
    fieldSelector: o.fieldSelector,
    resourceVersion: o.resourceVersion,
    limit: o.limit,
    continue: o.continue,
  }
}

async function callJson(transport: Transport, call: Call, stallMs: number): Promise<unknown> {
  const request = {
    method: call.method,
    path: call.path,
    headers: { accept: 'application/json', ...bodyHeaders(call) },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    signal: call.signal,
    stallMs,
  }
  const answer = await transport.request(request)
  if (answer.status < 200 || answer.status > 299) throw await failure(answer, call.doing)
  try {
    return JSON.parse(await text(answer)) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new ArgoError(
        `${call.doing}: the answer is no JSON (${errorMessage(error)}); is ${transport.server.origin} a Kubernetes API?`,
        {
          code: 'ERR_TORN_DATA',
          retryable: true,
        },
      )
    }
    throw brokenAnswer(call.doing, error, call.signal)
  }
}

function bodyHeaders(call: Call): Record<string, string> {
  return call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }
}

async function text(answer: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.body) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString('utf8')
}

/** The KubeError of an answer that is no success; proxies in between answer with something else than a Status. */
async function failure(answer: HttpResponse, what: string): Promise<KubeError> {
  const seconds = Number(answer.headers['retry-after'])
  const waitMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined
  return new KubeError(statusOf(answer.status, await text(answer).catch(() => '')), what, waitMs)
}

function statusOf(code: number, body: string): KubeStatus {
  try {
    const status = JSON.parse(body) as Partial<KubeStatus> | null
    if (status !== null && typeof status === 'object' && typeof status.message === 'string') {
      const reason = typeof status.reason === 'string' ? status.reason : ''
      return { code, reason, message: status.message, ...(status.details ? { details: status.details } : {}) }
    }
  } catch {
    // Not a Status; what follows says what is known.
  }
  return { code, reason: '', message: `the server answered ${String(code)}` }
}

/** Items of a list carry no kind of their own; readers of single objects expect one. */
function withKinds<T extends KubeObject>(resource: Resource, list: KubeList<T>): KubeList<T> {
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
  return { ...list, items: list.items.map((item) => ({ ...item, apiVersion, kind: resource.kind })) }
}
