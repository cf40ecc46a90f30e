// Runs a command in a container of a pod, over the remote-command protocol of Kubernetes. For the controller, which
// signals containers this way.

import { randomBytes } from 'node:crypto'
import { ArgoError } from '../errors/argo-error.ts'
import type { HttpResponse } from '../util/http.ts'
import type { ExecResult } from './api.ts'
import { KubeError, type KubeStatus } from './kube-error.ts'
import { brokenAnswer, type Transport } from './transport.ts'
import { acceptKey, webSocketLink } from './web-socket.ts'

/** Version 5 adds the closing of standard input, which we do not send; older servers know version 4. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
const longestOutputBytes = 16 * 1024 * 1024

export interface ExecTarget {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly command: readonly string[]
  readonly signal: AbortSignal | undefined
}

/** The exit code of the command is a result; rejects when it could not be run or the connection was lost. */
export async function execInPod(
  transport: Transport,
  target: ExecTarget,
  failure: (answer: HttpResponse, doing: string) => Promise<KubeError>,
): Promise<ExecResult> {
  const doing = `exec in container ${target.container} of ${target.namespace}/${target.pod}`
  const key = randomBytes(16).toString('base64')
  const answer = await transport.upgrade({
    method: 'GET',
    path: pathOf(target),
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
      'sec-websocket-protocol': protocols.join(', '),
    },
    signal: target.signal,
    stallMs: 60_000,
  })
  if (!('socket' in answer)) throw await failure(answer, doing)
  const { socket, headers, head } = answer
  const onAbort = (): void => {
    socket.destroy()
  }
  target.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    if (headers['sec-websocket-accept'] !== acceptKey(key)) {
      throw new ArgoError(`${doing}: the server does not speak WebSocket`, { code: 'ERR_TORN_DATA' })
    }
    return await readResult(webSocketLink(socket, head, 'client').messages, doing)
  } catch (error) {
    throw brokenAnswer(doing, error, target.signal)
  } finally {
    target.signal?.removeEventListener('abort', onAbort)
    socket.destroy()
  }
}

function pathOf({ namespace, pod, container, command }: ExecTarget): string {
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true' })
  for (const word of command) query.append('command', word)
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec?${query.toString()}`
}

/** Each message starts with the number of its channel: 1 output, 2 errors, 3 the end as a Status. */
async function readResult(messages: AsyncIterable<Buffer>, doing: string): Promise<ExecResult> {
  const output: Record<number, Buffer[]> = { 1: [], 2: [] }
  let total = 0
  for await (const message of messages) {
    const channel = message[0] ?? 0
    if (channel === 3) {
      const exitCode = exitCodeOf(JSON.parse(message.subarray(1).toString('utf8')) as ExecStatus, doing)
      return { exitCode, stdout: text(output[1]), stderr: text(output[2]) }
    }
    total += message.length
    if (total > longestOutputBytes)
      throw new ArgoError(`${doing}: the command writes too much`, { code: 'ERR_TORN_DATA' })
    output[channel]?.push(message.subarray(1))
  }
  throw new ArgoError(`${doing}: the connection ended before the command did`, {
    code: 'ERR_UNAVAILABLE',
    retryable: true,
  })
}

interface ExecStatus extends Partial<KubeStatus> {
  readonly status?: string
}

function exitCodeOf(status: ExecStatus, doing: string): number {
  if (status.status === 'Success') return 0
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')
  if (status.reason === 'NonZeroExitCode' && cause?.message !== undefined) return Number(cause.message)
  throw new KubeError(
    { code: status.code ?? 500, reason: status.reason ?? '', message: status.message ?? 'exec failed' },
    doing,
  )
}

function text(parts: readonly Buffer[] = []): string {
  return Buffer.concat(parts).toString('utf8')
}
