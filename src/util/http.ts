// One HTTP request with everything a cluster may ask for: proxies, the system's certificates, client certificates,
// kept connections, abort, and a bound on silence. For stores and for the Kubernetes API.

import {
  Agent as HttpAgent,
  request as httpRequest,
  type AgentOptions,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { Readable } from 'node:stream'
import { createSecureContext, type SecureContext } from 'node:tls'
import { ArgoError, errorCode, errorMessage } from '../errors/argo-error.ts'
import type { Environment } from './environment.ts'
import { proxyFor } from './http/proxy.ts'
import { watchStall } from './http/stall.ts'
import { systemTrust } from './http/trust.ts'
import { isTransientNetworkError } from './transient-text.ts'

export interface HttpOptions {
  /** Read for HTTP(S)_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR. */
  readonly env: Environment
  /** PEM of the only roots to trust; the system's when absent. */
  readonly ca?: string
  /** PEM of a client certificate, with its key. */
  readonly cert?: string
  readonly key?: string
  /** Takes any certificate; only where a user asked for it. */
  readonly insecureSkipVerify?: boolean
  /** Name to expect in the server's certificate instead of the host of the URL. */
  readonly serverName?: string
  /** Connections per host; default 64. */
  readonly maxSockets?: number
}

export interface HttpRequest {
  readonly method: string
  readonly url: string
  /** Path and query exactly as they go on the wire; from `url` (which folds `..`) when absent. */
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes are sent with Content-Length; a stream in chunks unless `headers` tell its length. */
  readonly body?: Uint8Array | string | Readable
  readonly signal: AbortSignal
  /** Longest silence of the network, in ms; unbounded when absent. */
  readonly stallMs?: number
  /** Doing it twice is like doing it once; true for GET and HEAD when absent. See `request`. */
  readonly repeatable?: boolean
}

export interface HttpResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Must be read to its end or destroyed. */
  readonly body: Readable
}

export interface Http {
  /** Any status is an answer; rejects with ERR_UNAVAILABLE when there was none, or with the reason of the signal. */
  request(request: HttpRequest): Promise<HttpResponse>
  /** Closes the kept connections. */
  close(): void
}

export function createHttp(options: HttpOptions): Http {
  const agents = new Map<string, HttpAgent>()
  let secureContext: SecureContext | undefined
  const agentFor = (url: URL): HttpAgent => {
    const proxy = proxyFor(url, options.env)
    const id = `${url.protocol} ${proxy ?? ''}`
    const known = agents.get(id)
    if (known !== undefined) return known
    const shared: AgentOptions = {
      keepAlive: true,
      maxSockets: options.maxSockets ?? 64,
      maxFreeSockets: 16,
      scheduling: 'lifo',
    }
    // The runtime knows how to tunnel; which hosts go by proxy was decided above, by Go's rules.
    if (proxy !== undefined) shared.proxyEnv = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy }
    let agent: HttpAgent
    if (url.protocol === 'https:') {
      secureContext ??= makeSecureContext(options)
      agent = new HttpsAgent({
        ...shared,
        secureContext,
        rejectUnauthorized: options.insecureSkipVerify !== true,
        ...(options.serverName === undefined ? {} : { servername: options.serverName }),
      })
    } else agent = new HttpAgent(shared)
    agents.set(id, agent)
    return agent
  }
  const request = async (wanted: HttpRequest): Promise<HttpResponse> => {
    const url = parseUrl(wanted.url)
    for (let attempt = 1; ; attempt++) {
      const outcome = await once(url, wanted, agentFor(url))
      if (!('failure' in outcome)) return outcome
      // A kept connection that the server closed at that moment says nothing about the server: ask again at once. But
      // the server may have acted before, so only where that does no harm.
      if (outcome.stale && attempt <= 3 && isRepeatable(wanted)) continue
      throw outcome.failure
    }
  }
  const close = (): void => {
    for (const agent of agents.values()) agent.destroy()
  }
  return { request, close }
}

function isRepeatable({ method, repeatable, body }: HttpRequest): boolean {
  return (repeatable ?? (method === 'GET' || method === 'HEAD')) && !(body instanceof Readable)
}

interface Failure {
  readonly failure: unknown
  readonly stale: boolean
}

function once(url: URL, wanted: HttpRequest, agent: HttpAgent): Promise<HttpResponse | Failure> {
  return new Promise((resolve) => {
    if (wanted.signal.aborted) {
      resolve({ failure: wanted.signal.reason, stale: false })
      return
    }
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    let response: IncomingMessage | undefined
    let stopWatch = (): void => {}
    const request: ClientRequest = send({
      method: wanted.method,
      protocol: url.protocol,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: wanted.path ?? `${url.pathname}${url.search}`,
      headers: headersOf(wanted),
      agent,
    })
    const stop = (reason: unknown): void => {
      const error = reason instanceof Error ? reason : new Error(String(reason))
      response?.destroy(error)
      request.destroy(error)
    }
    const onAbort = (): void => stop(wanted.signal.reason)
    const done = (): void => {
      stopWatch()
      wanted.signal.removeEventListener('abort', onAbort)
    }
    wanted.signal.addEventListener('abort', onAbort, { once: true })
    request.on('response', (answer) => {
      response = answer
      answer.once('close', done)
      // Whoever reads hears of a failure; when nobody reads (yet), it must not end the process.
      answer.on('error', () => {})
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer })
    })
    request.on('error', (error) => {
      if (response === undefined) done()
      // An error while the answer is read reaches the reader through the body; settling twice does nothing.
      const failure = wanted.signal.aborted ? wanted.signal.reason : describe(error, wanted, url)
      resolve({
        failure,
        stale: request.reusedSocket && errorCode(error) === 'ECONNRESET' && !wanted.signal.aborted,
      })
    })
    if (wanted.stallMs !== undefined) {
      const { stallMs } = wanted
      stopWatch = watchStall(
        request,
        () => response,
        stallMs,
        () => {
          stop(
            new ArgoError(`${label(wanted, url)}: nothing moved for ${stallMs} ms`, {
              code: 'ERR_UNAVAILABLE',
              retryable: true,
            }),
          )
        },
      )
    }
    sendBody(request, wanted, stop)
  })
}

function sendBody(request: ClientRequest, wanted: HttpRequest, stop: (reason: unknown) => void): void {
  if (!(wanted.body instanceof Readable)) {
    request.end(wanted.body)
    return
  }
  const source = wanted.body
  source.on('error', stop)
  request.once('close', () => {
    if (!source.readableEnded) source.destroy()
  })
  source.pipe(request)
}

function headersOf({ headers = {}, body, method }: HttpRequest): Record<string, string> {
  const named = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  if (body instanceof Readable || named.has('content-length')) return { ...headers }
  if (body === undefined && (method === 'GET' || method === 'HEAD')) return { ...headers }
  return { ...headers, 'content-length': String(body === undefined ? 0 : Buffer.byteLength(body)) }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ArgoError(`${JSON.stringify(text)} is not an http or https URL`, { code: 'ERR_BAD_REQUEST' })
  }
  return url
}

function describe(error: Error, wanted: HttpRequest, url: URL): ArgoError {
  if (error instanceof ArgoError) return error
  return new ArgoError(`${label(wanted, url)}: ${errorMessage(error) || errorCode(error)}`, {
    code: 'ERR_UNAVAILABLE',
    retryable: isTransientNetworkError(error),
    data: { network: errorCode(error) ?? 'unknown' },
    cause: error,
  })
}

/** Without user, password and query: those may be secret. */
function label(wanted: HttpRequest, url: URL): string {
  return `${wanted.method} ${url.origin}${(wanted.path ?? url.pathname).replace(/\?.*$/s, '')}`
}

function makeSecureContext({ env, ca, cert, key }: HttpOptions): SecureContext {
  const roots = ca === undefined ? systemTrust(env) : [ca]
  return createSecureContext({
    ...(roots === undefined ? {} : { ca: roots }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  })
}
