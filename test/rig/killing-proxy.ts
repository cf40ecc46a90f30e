// A TCP proxy that counts what passes and calls back at a chosen moment: to kill a client in the middle of a call.

import { createServer, connect, type Socket } from 'node:net'
import { once } from 'node:events'

export interface KillingProxy extends AsyncDisposable {
  readonly port: number
  /** Chunks of the client that have passed since the last `arm`. */
  readonly passed: number
  /** Calls `kill` when the client has sent so many chunks; the last one is passed on or swallowed. */
  arm(chunks: number, swallow: boolean, kill: () => void): void
  disarm(): void
}

export async function startKillingProxy(targetPort: number): Promise<KillingProxy> {
  const sockets = new Set<Socket>()
  let passed = 0
  let armed: { readonly chunks: number; readonly swallow: boolean; readonly kill: () => void } | undefined
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk) => {
      passed++
      const due = armed !== undefined && passed === armed.chunks ? armed : undefined
      if (due?.swallow !== true) upstream.write(chunk)
      due?.kill()
    })
    upstream.on('data', (chunk) => client.write(chunk))
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get passed() {
      return passed
    },
    arm(chunks, swallow, kill) {
      passed = 0
      armed = { chunks, swallow, kill }
    },
    disarm() {
      armed = undefined
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
