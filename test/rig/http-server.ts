// A real HTTP server on a free port whose answers a test decides, one handler for all requests.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HttpRig extends AsyncDisposable {
  readonly url: string
  /** Stops listening and drops all connections; `open` listens again on the same port. */
  close(): Promise<void>
  open(): Promise<void>
}

export type Handler = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void

export async function startHttp(handler: Handler): Promise<HttpRig> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => handler(request, Buffer.concat(chunks), response))
  })
  let port = 0
  const open = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port
        resolve()
      })
    })
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await open()
  return { url: `http://127.0.0.1:${port}`, open, close, [Symbol.asyncDispose]: close }
}
