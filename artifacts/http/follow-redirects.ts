// Requests that follow where a server points to, sending the body again where the rules of HTTP ask for it.

import type { Readable } from 'node:stream'
import { ArgoError } from '../../src/errors/argo-error.ts'
import type { Http, HttpResponse } from '../../src/util/http.ts'

export interface FollowedRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Opened anew for each server that the request comes to. */
  readonly openBody?: () => Readable
  readonly signal: AbortSignal
}

export type Send = (request: FollowedRequest) => Promise<HttpResponse>

const mostRedirects = 10
const stallMs = 60_000
/** Never shown to another host than the one they were meant for. */
const confidential =
  /^(authorization|cookie2?|www-authenticate|proxy-auth.*|.*(token|secret|key|password).*)$/i

/** RFC 9110, 15.4. A PUT goes on after 307 and 308 only: after the others it would become a GET, and nothing was saved. */
export function followRedirects(http: Http): Send {
  return async (request) => {
    let url = request.url
    let headers = { ...request.headers }
    for (let hops = 0; ; hops++) {
      const body = request.openBody?.()
      const { method, signal } = request
      const response = await http.request({
        method,
        url,
        headers,
        signal,
        stallMs,
        ...(body === undefined ? {} : { body }),
      })
      const target = response.headers.location
      const follows = request.method === 'PUT' ? [307, 308] : [301, 302, 303, 307, 308]
      if (target === undefined || !follows.includes(response.status)) return response
      response.body.destroy()
      if (hops === mostRedirects)
        throw bad(`stopped after ${mostRedirects} redirects, the last to ${shown(url, target)}`)
      const next = URL.canParse(target, url) ? new URL(target, url) : undefined
      if (next === undefined) throw bad(`${shown(request.url)} redirects to an invalid place`)
      if (!mayKnow(new URL(url), next)) {
        headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !confidential.test(name)))
      }
      url = next.href
    }
  }
}

function mayKnow(from: URL, to: URL): boolean {
  if (from.protocol === 'https:' && to.protocol !== 'https:') return false
  return to.host === from.host || to.hostname.endsWith(`.${from.hostname}`)
}

/** Without what may be secret: signatures travel in queries. */
function shown(base: string, target = ''): string {
  if (!URL.canParse(target, base)) return 'an invalid URL'
  const url = new URL(target, base)
  return url.origin + url.pathname
}

function bad(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}
