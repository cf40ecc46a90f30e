// One request and the header of its answer over one connection: body, abort, silence, and errors in our words.

import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Readable } from 'node:stream'
import { ArgoError, errorCode, errorMessage } from '../../errors/argo-error.ts'
import type { HttpRequest, HttpResponse } from '../http.ts'
import { isTransientNetworkError } from '../transient-text.ts'
import { watchStall } from './stall.ts'

export interface Failure {
  readonly failure: unknown
  /** A kept connection was closed at the moment of its use; the server may or may not have read the request. */
  readonly stale: boolean
}

/** Resolves with the answer as soon as its header is there; never rejects for what the network does. */
export function exchange(url: URL, wanted: HttpRequest, agent: Agent): Promise<HttpResponse | Failure> {
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
        stale: request.reusedSocket && isClosed(error) && !wanted.signal.aborted,
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

function isClosed(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(errorCode(error) ?? '')
}

function sendBody(request: ClientRequest, wanted: HttpRequest, stop: (reason: unknown) => void): void {
  if (!(wanted.body instanceof Readable)) {
    request.end(wanted.body)
    return
  }
  const source = wanted.body
  source.on('error', stop)
  source.once('close', () => {
    if (!source.readableEnded)
      stop(new ArgoError('the body of the request ended early', { code: 'ERR_TORN_DATA' }))
  })
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
