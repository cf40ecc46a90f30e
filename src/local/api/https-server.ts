// The embedded API on the wire: HTTPS on 127.0.0.1, and 401 for everybody who does not have the token of this run.

import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Certificate } from './certificate.ts'
import { answerExec } from './exec-answer.ts'
import { handleRequest, sendJson, type Handling } from './handle-request.ts'
import { statusBody, toKubeError, unauthorized } from './status-errors.ts'

export interface ListeningServer {
  readonly url: string
  /** Ends every connection. */
  close(): Promise<void>
}

export async function startHttpsServer(
  handling: Handling,
  certificate: Certificate,
  token: string,
): Promise<ListeningServer> {
  const isAllowed = tokenCheck(token)
  const server = createServer({ cert: certificate.certPem, key: certificate.keyPem, minVersion: 'TLSv1.2' })
  const closing: { now: boolean } = { now: false }
  server.on('request', (request, response) => {
    if (!isAllowed(request)) refuse(response, unauthorized())
    else {
      handleRequest(handling, request, response).catch((error: unknown) => {
        refuse(response, error)
      })
    }
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const answer = isAllowed(request)
      ? answerExec(handling, request, socket, head)
      : Promise.reject(unauthorized())
    answer.catch((error: unknown) => {
      refuseUpgrade(socket, error)
    })
  })
  // A connection that is cut while it is being made is the client's affair.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${String(port)}`,
    close: async () => {
      if (closing.now) return
      closing.now = true
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Compares digests: equal lengths, and a time that tells nothing about the token. */
function tokenCheck(token: string): (request: IncomingMessage) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const expected = digest(`Bearer ${token}`)
  return (request) => timingSafeEqual(digest(request.headers.authorization ?? ''), expected)
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    // Half an answer must not look like a whole one.
    response.destroy()
    return
  }
  const { status } = toKubeError(error)
  // A body that was refused half-read would be taken for the next request.
  if (status.code === 413) response.setHeader('connection', 'close')
  sendJson(response, status.code, statusBody(status))
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const { status } = toKubeError(error)
  const body = JSON.stringify(statusBody(status))
  socket.end(
    `HTTP/1.1 ${String(status.code)} ${status.reason}\r\nContent-Type: application/json\r\nConnection: close\r\n` +
      `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
  )
}
