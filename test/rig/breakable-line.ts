// A TCP line to a server on this machine that a test takes down and puts up again.

import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface BreakableLine extends AsyncDisposable {
  /** Where clients connect; the same for the life of the line. */
  readonly port: number
  /** Connections end, new ones are refused. */
  down(): Promise<void>
  /** Connections end; new ones are accepted, and what is sent over them is lost. */
  silence(): Promise<void>
  /** As it was. Connections that were silent end: whoever sent something has to send it again. */
  up(): Promise<void>
}

export async function startBreakableLine(targetPort: number): Promise<BreakableLine> {
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let port = 0
  const listen = async (handle: (client: Socket) => void): Promise<void> => {
    await down()
    server = createServer((client) => {
      keep(client, sockets)
      handle(client)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const up = (): Promise<void> =>
    listen((client) => {
      const upstream = connect(targetPort, '127.0.0.1')
      keep(upstream, sockets)
      join(client, upstream)
    })
  const silence = (): Promise<void> => listen((client) => void client.resume())
  const down = async (): Promise<void> => {
    if (server === undefined) return
    const closed = once(server, 'close')
    server.close()
    server = undefined
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await up()
  return { port, up, down, silence, [Symbol.asyncDispose]: down }
}

function keep(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket)
  socket.on('error', () => undefined)
  socket.on('close', () => sockets.delete(socket))
}

function join(client: Socket, upstream: Socket): void {
  client.on('close', () => upstream.destroy())
  upstream.on('close', () => client.destroy())
  client.pipe(upstream)
  upstream.pipe(client)
}
