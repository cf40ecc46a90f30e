// The part of a Kubernetes API that wait talks to: task results over HTTP, with every request kept as it came.

import { startHttp, type HttpRig } from './http-server.ts'

interface Recorded {
  readonly method: string
  readonly path: string
  readonly contentType: string
  readonly body: unknown
}

export interface TaskResultApi extends HttpRig {
  /** Requests that were answered with success, in order. */
  readonly requests: readonly Recorded[]
  /** Resolves when a successful request matches. */
  seen(matches: (request: Recorded) => boolean): Promise<Recorded>
  /** Answers the next requests with these statuses instead; 0 cuts the connection. */
  failNext(...statuses: readonly number[]): void
  /** As if somebody had deleted the object. */
  forget(name: string): void
}

export async function startTaskResultApi(): Promise<TaskResultApi> {
  const requests: Recorded[] = []
  const failures: number[] = []
  const names = new Set<string>()
  const waiters = new Set<() => void>()
  const server = await startHttp((request, body, response) => {
    const failure = failures.shift()
    if (failure === 0) {
      request.socket.destroy()
      return
    }
    const path = request.url ?? ''
    const value =
      body.length === 0 ? undefined : (JSON.parse(body.toString('utf8')) as { metadata?: { name?: string } })
    const name = request.method === 'POST' ? (value?.metadata?.name ?? '') : (path.split('/').at(-1) ?? '')
    const status =
      failure ?? (request.method === 'POST' ? (names.has(name) ? 409 : 201) : names.has(name) ? 200 : 404)
    const reasons: Record<number, string> = {
      403: 'Forbidden',
      404: 'NotFound',
      409: 'AlreadyExists',
      503: 'ServiceUnavailable',
    }
    if (status < 300) {
      names.add(name)
      requests.push({
        method: request.method ?? '',
        path,
        contentType: request.headers['content-type'] ?? '',
        body: value,
      })
    }
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(
        status < 300
          ? value
          : { kind: 'Status', code: status, reason: reasons[status], message: `rig says ${status}` },
      ),
    )
    for (const wake of waiters) wake()
  })
  return {
    ...server,
    requests,
    failNext: (...statuses) => void failures.push(...statuses),
    forget: (name) => void names.delete(name),
    seen: (matches) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = requests.find(matches)
          if (found === undefined) return
          waiters.delete(look)
          resolve(found)
        }
        waiters.add(look)
        look()
      }),
  }
}
