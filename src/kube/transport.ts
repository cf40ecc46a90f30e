// Requests to one API server: authorised, over the shared HTTP with its proxies and bounds. Used by the client.

import {
  Agent as HttpAgent,
  request as httpRequest,
  type AgentOptions,
  type IncomingHttpHeaders,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Duplex, Readable } from 'node:stream'
import type { Environment } from '../util/environment.ts'
import { createHttp, type HttpResponse } from '../util/http.ts'
import { proxyFor } from '../util/http/proxy.ts'
import { ArgoError, errorMessage } from '../errors/argo-error.ts'
import type { KubeConfig } from './kube-config.ts'

export interface TransportRequest {
  readonly method: string
  /** Path and query, appended to the server's URL. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal | undefined
  /** Longest silence of the server; unbounded when absent. */
  readonly stallMs?: number
}

export interface Upgraded {
  readonly headers: IncomingHttpHeaders
  readonly socket: Duplex
  /** Bytes that came together with the answer. */
  readonly head: Buffer
}

/** Network failures reject with ArgoError ERR_UNAVAILABLE, an abort with the reason of its signal. */
export interface Transport {
  readonly server: URL
  request(request: TransportRequest): Promise<HttpResponse>
  /** Asks for another protocol on a connection of its own; an answer other than 101 is handed back as it is. */
  upgrade(request: TransportRequest): Promise<Upgraded | HttpResponse>
  close(): void
}

const never = new AbortController().signal

export function createTransport(config: KubeConfig, env: Environment): Transport {
  const server = new URL(config.server)
  const root = server.pathname.replace(/\/+$/, '')
  // parity: a cluster's own proxy goes before those of the environment, as in client-go.
  const proxies =
    config.proxyUrl === undefined ? env : { HTTP_PROXY: config.proxyUrl, HTTPS_PROXY: config.proxyUrl }
  const http = createHttp({
    env: proxies,
    ...(config.ca === undefined ? {} : { ca: config.ca }),
    ...(config.cert === undefined ? {} : { cert: config.cert }),
    ...(config.key === undefined ? {} : { key: config.key }),
    ...(config.serverName === undefined ? {} : { serverName: config.serverName }),
    ...(config.insecureSkipVerify === undefined ? {} : { insecureSkipVerify: config.insecureSkipVerify }),
  })
  const headersOf = async (request: TransportRequest): Promise<Record<string, string>> => ({
    'user-agent': 'argo-ts',
    ...request.headers,
    ...(await config.authorize?.()),
  })
  return {
    server,
    request: async (request) =>
      http.request({
        method: request.method,
        url: server.origin,
        path: root + request.path,
        headers: await headersOf(request),
        ...(request.body === undefined ? {} : { body: request.body }),
        signal: request.signal ?? never,
        ...(request.stallMs === undefined ? {} : { stallMs: request.stallMs }),
      }),
    upgrade: async (request) => {
      const headers = await headersOf(request)
      return upgrade(server, root + request.path, headers, agentFor(server, config, proxies), request)
    },
    close: () => {
      http.close()
    },
  }
}

/** Messages of a broken answer: the request is named, its query is not. */
export function brokenAnswer(doing: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason
  if (error instanceof ArgoError) return error
  return new ArgoError(`${doing}: the answer broke off: ${errorMessage(error)}`, {
    code: 'ERR_UNAVAILABLE',
    retryable: true,
    cause: error,
  })
}

/** An upgraded connection is the caller's, so it never goes back to the pool of the shared HTTP. */
function agentFor(server: URL, config: KubeConfig, env: Environment): HttpAgent {
  const proxy = proxyFor(server, env)
  const options: AgentOptions =
    proxy === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } }
  if (server.protocol === 'http:') return new HttpAgent(options)
  return new HttpsAgent({
    ...options,
    ...(config.ca === undefined ? {} : { ca: config.ca }),
    ...(config.cert === undefined ? {} : { cert: config.cert }),
    ...(config.key === undefined ? {} : { key: config.key }),
    ...(config.serverName === undefined ? {} : { servername: config.serverName }),
    rejectUnauthorized: config.insecureSkipVerify !== true,
  })
}

function upgrade(
  server: URL,
  path: string,
  headers: Record<string, string>,
  agent: HttpAgent,
  { method, signal, stallMs }: TransportRequest,
): Promise<Upgraded | HttpResponse> {
  return new Promise((resolve, reject) => {
    const send = server.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = send({
      agent,
      method,
      protocol: server.protocol,
      hostname: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port,
      path,
      headers,
      ...(signal === undefined ? {} : { signal }),
    })
    if (stallMs !== undefined) {
      outgoing.setTimeout(stallMs, () =>
        outgoing.destroy(new Error(`no answer for ${String(stallMs / 1000)} s`)),
      )
    }
    outgoing.on('error', (error) => {
      reject(brokenAnswer(`${method} ${server.origin}${path.replace(/\?.*$/s, '')}`, error, signal) as Error)
    })
    outgoing.on('response', (answer) => {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer as Readable })
    })
    outgoing.on('upgrade', (answer, socket, head) => {
      socket.setTimeout(0)
      resolve({ headers: answer.headers, socket, head })
    })
    outgoing.end()
  })
}
