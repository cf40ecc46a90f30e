// A proxy before an HTTP server that counts requests and breaks those that a test chooses, in the way it chooses.

import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Seen {
  /** From 1. */
  readonly number: number
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

export type Fault =
  | { readonly kind: 'pass' }
  /** Answers by itself; the server never hears of it. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly body?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Sends so many bytes of the answer's body, then drops the connection. */
  | { readonly kind: 'cut-answer'; readonly afterBytes: number }
  /** Drops the connection when so many bytes of the request's body have come; the server sees it break off. */
  | { readonly kind: 'cut-request'; readonly afterBytes: number }
  /** Keeps the request until the promise settles, then passes it on. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  /** Lets the server do its work, then drops the connection instead of answering. */
  | { readonly kind: 'lose-answer' }

export interface FaultProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly endpoint: string
  readonly seen: readonly Seen[]
}

export async function startFaultProxy(target: string, choose: (seen: Seen) => Fault): Promise<FaultProxy> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const one = {
      number: seen.length + 1,
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
    }
    seen.push(one)
    const fault = choose(one)
    if (fault.kind !== 'hold') run(fault, target, request, response)
    else void fault.until.then(() => run({ kind: 'pass' }, target, request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function run(fault: Fault, target: string, request: IncomingMessage, response: ServerResponse): void {
  if (fault.kind === 'answer') {
    request.resume()
    request.once('end', () => response.writeHead(fault.status, fault.headers).end(fault.body))
    return
  }
  const [hostname = '', port = ''] = target.split(':')
  const { method, url: path, headers } = request
  const upstream = sendRequest({ hostname, port, method, path, headers, agent: false })
  const drop = (): void => {
    upstream.destroy()
    request.socket.destroy()
  }
  upstream.on('error', drop)
  let received = 0
  request.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (fault.kind === 'cut-request' && received > fault.afterBytes) drop()
    else if (!upstream.write(chunk)) {
      request.pause()
      upstream.once('drain', () => request.resume())
    }
  })
  request.on('end', () => upstream.end())
  upstream.on('response', (answer) => {
    if (fault.kind === 'lose-answer') {
      answer.resume()
      answer.once('end', drop)
      return
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    let sent = 0
    answer.on('data', (chunk: Buffer) => {
      if (fault.kind !== 'cut-answer') response.write(chunk)
      else {
        response.write(chunk.subarray(0, Math.max(0, fault.afterBytes - sent)))
        sent += chunk.length
        if (sent >= fault.afterBytes) setImmediate(drop)
      }
    })
    answer.on('end', () => response.end())
  })
}
