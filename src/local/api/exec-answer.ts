// The server's side of exec: a WebSocket on which kubectl and the controller receive what a command writes.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ExecResult } from '../../kube/api.ts'
import { acceptKey, webSocketLink } from '../../kube/web-socket.ts'
import { prepareExec } from './containers.ts'
import type { Handling } from './handle-request.ts'
import { parsePath } from './request-path.ts'
import { badRequest, notAllowed, statusBody, toKubeError } from './status-errors.ts'

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

/** Throws a KubeError before the connection was upgraded; afterwards failures are told on the status channel. */
export async function answerExec(
  handling: Handling,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://api')
  const { namespace, name = '', sub } = parsePath(url.pathname)
  if (sub !== 'exec') throw notAllowed()
  const key = request.headers['sec-websocket-key']
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim())
  const protocol = protocols.find((one) => offered.includes(one))
  if (key === undefined || protocol === undefined)
    throw badRequest(`exec needs a WebSocket with one of: ${protocols.join(', ')}`)
  if (url.searchParams.get('tty') === 'true')
    throw badRequest('exec with a terminal is not offered here, leave out -t')
  const address = { namespace, pod: name, container: url.searchParams.get('container') ?? undefined }
  const run = prepareExec(handling.store, handling.hooks, address, url.searchParams.getAll('command'))
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${acceptKey(key)}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
  )
  const link = webSocketLink(socket, head, 'server')
  const gone = new AbortController()
  const drained = drain(link.messages).finally(() => {
    gone.abort()
  })
  const signal = AbortSignal.any([gone.signal, handling.closed])
  try {
    const result = await run(signal)
    await link.send(onChannel(1, result.stdout))
    await link.send(onChannel(2, result.stderr))
    await link.send(onChannel(3, JSON.stringify(exitStatus(result))))
  } catch (error) {
    await link.send(onChannel(3, JSON.stringify(statusBody(toKubeError(error).status)))).catch(() => {})
  }
  link.close()
  await drained
}

/** Standard input is not offered: what comes is read so that the good-bye is noticed. */
async function drain(messages: AsyncIterable<Buffer>): Promise<void> {
  try {
    for await (const _ of messages);
  } catch {
    // A connection that breaks ends like one that is closed.
  }
}

function onChannel(channel: number, text: string): Buffer {
  return Buffer.concat([Buffer.of(channel), Buffer.from(text)])
}

function exitStatus({ exitCode }: ExecResult): Record<string, unknown> {
  if (exitCode === 0) return { metadata: {}, status: 'Success' }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${String(exitCode)}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  }
}
