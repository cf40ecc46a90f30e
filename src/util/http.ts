// One HTTP request with everything a cluster may ask for: proxies, the system's certificates, client certificates,
// kept connections, abort, and a bound on silence. For stores and for the Kubernetes API.

import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { ArgoError } from '../errors/argo-error.ts'
import type { Environment } from './environment.ts'
import { createAgents } from './http/agents.ts'
import { exchange } from './http/exchange.ts'

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
  const agents = createAgents(options)
  return {
    request: async (wanted) => {
      const url = parseUrl(wanted.url)
      for (let attempt = 1; ; attempt++) {
        const outcome = await exchange(url, wanted, agents.agentFor(url))
        if (!('failure' in outcome)) return outcome
        // A kept connection that the server closed at that moment says nothing about the server: ask again at once.
        // But the server may have acted before, so only where that does no harm.
        if (outcome.stale && attempt <= 3 && isRepeatable(wanted)) continue
        throw outcome.failure
      }
    },
    close: () => agents.close(),
  }
}

function isRepeatable({ method, repeatable, body }: HttpRequest): boolean {
  return (repeatable ?? (method === 'GET' || method === 'HEAD')) && !(body instanceof Readable)
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ArgoError(`${JSON.stringify(text)} is not an http or https URL`, { code: 'ERR_BAD_REQUEST' })
  }
  return url
}
