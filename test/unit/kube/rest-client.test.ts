// The client against servers that answer oddly: real sockets, nothing pretended.

import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { resources } from '../../../src/kube/api.ts'
import { inClusterConfig } from '../../../src/kube/in-cluster.ts'
import { isConflict, retryAfterMsOf } from '../../../src/kube/kube-error.ts'
import { createKubeClient, type KubeClient } from '../../../src/kube/rest-client.ts'
import { retryApi } from '../../../src/kube/retry.ts'
import { isTransient } from '../../../src/kube/transient.ts'

interface Rig extends AsyncDisposable {
  readonly client: KubeClient
  readonly url: string
}

async function serve(listener: RequestListener, stallMs?: number): Promise<Rig> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const client = createKubeClient({ server: url }, stallMs === undefined ? {} : { stallMs })
  return {
    client,
    url,
    [Symbol.asyncDispose]: async () => {
      client.close()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const status = (code: number, reason: string, message: string, details?: unknown): string =>
  JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    code,
    reason,
    message,
    details,
  })
const get = (client: KubeClient): Promise<unknown> => client.get(resources.pods, 'ns', 'p')
const thrown = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('refusals', () => {
  test('a Status becomes an error that says what was tried, and keeps the status', async () => {
    await using rig = await serve((_, response) =>
      response.writeHead(409).end(status(409, 'Conflict', 'try the latest', { name: 'p' })),
    )
    const error = await thrown(get(rig.client))
    expect(error).toMatchObject({
      name: 'KubeError',
      code: 'ERR_CONFLICT',
      message: 'get pods ns/p: try the latest',
      status: { code: 409, reason: 'Conflict', message: 'try the latest', details: { name: 'p' } },
    })
    expect(isConflict(error)).toBe(true)
  })

  test.each([
    ['a page of a proxy', 502, '<html>Bad Gateway</html>', 'ERR_UNAVAILABLE', true],
    ['nothing', 503, '', 'ERR_UNAVAILABLE', true],
    ['JSON that is no Status', 500, '[1]', 'ERR_INTERNAL', false],
    ['null', 404, 'null', 'ERR_NOT_FOUND', false],
  ])('%s instead of a Status', async (_, code, body, expected, transient) => {
    await using rig = await serve((_request, response) => response.writeHead(code).end(body))
    const error = await thrown(get(rig.client))
    expect(error).toMatchObject({ code: expected, status: { code } })
    expect(isTransient(error)).toBe(transient)
  })

  test('a wait that the server asks for, in its header or in its status', async () => {
    await using header = await serve((_, response) => response.writeHead(429, { 'retry-after': '7' }).end())
    await using inside = await serve((_, response) =>
      response.writeHead(504).end(status(504, 'Timeout', 'slow', { retryAfterSeconds: 3 })),
    )
    expect(retryAfterMsOf(await thrown(get(header.client)))).toBe(7000)
    expect(retryAfterMsOf(await thrown(get(inside.client)))).toBe(3000)
  })

  test('a success that is no JSON names the server', async () => {
    await using rig = await serve((_, response) => response.end('<html>log in first</html>'))
    await expect(get(rig.client)).rejects.toThrow(`is ${rig.url} a Kubernetes API?`)
  })
})

describe('the network', () => {
  test('nobody listens', async () => {
    const rig = await serve(() => {})
    await rig[Symbol.asyncDispose]()
    const client = createKubeClient({ server: rig.url })
    const error = await thrown(get(client))
    expect(error).toMatchObject({ code: 'ERR_UNAVAILABLE', retryable: true })
    expect(isTransient(error)).toBe(true)
    client.close()
  })

  test('an answer that is cut off', async () => {
    await using rig = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"metadata"', () => response.destroy())
    })
    const error = await thrown(get(rig.client))
    expect(error).toMatchObject({ code: 'ERR_UNAVAILABLE' })
    expect(isTransient(error)).toBe(true)
  })

  test('a server that says nothing is given up', async () => {
    await using rig = await serve(() => {}, 100)
    expect(isTransient(await thrown(get(rig.client)))).toBe(true)
  })

  test('an abort rejects with its own reason and is not tried again', async () => {
    await using rig = await serve(() => {
      stop.abort(reason)
    })
    const stop = new AbortController()
    const reason = new Error('no longer wanted')
    const error = await thrown(rig.client.get(resources.pods, 'ns', 'p', { signal: stop.signal }))
    expect(error).toBe(reason)
  })

  test('retries end when the server has recovered', async () => {
    let calls = 0
    await using rig = await serve((request, response) => {
      calls++
      if (calls === 1) request.socket.destroy()
      else if (calls < 5)
        response.writeHead(503).end(status(503, 'ServiceUnavailable', 'apiserver not ready'))
      else response.end('{"metadata":{"name":"p"}}')
    })
    const backoff = { durationMs: 1, factor: 1, jitter: 0, steps: 8 }
    const told: number[] = []
    const pod = await retryApi({ backoff, onRetry: (_error, attempt) => told.push(attempt) }, () =>
      get(rig.client),
    )
    expect(pod).toEqual({ metadata: { name: 'p' } })
    expect(told.length).toBe(calls - 1)
  })
})

describe('watches', () => {
  const watch = async (rig: Rig): Promise<readonly string[]> => {
    const seen: string[] = []
    for await (const event of rig.client.watch(resources.pods, 'ns', { resourceVersion: '1' })) {
      seen.push(`${event.type} ${event.object.metadata.name ?? ''}`)
    }
    return seen
  }
  const line = (type: string, name: string): string =>
    `${JSON.stringify({ type, object: { metadata: { name } } })}\n`

  test('events that arrive in pieces, several at once, with empty lines, the last one cut off', async () => {
    await using rig = await serve((request, response) => {
      expect(request.url).toContain('watch=true&allowWatchBookmarks=true&resourceVersion=1&timeoutSeconds=')
      const text =
        line('ADDED', 'ä'.repeat(5)) +
        line('MODIFIED', 'b') +
        '\n' +
        line('BOOKMARK', '') +
        line('DELETED', 'cut').slice(0, 20)
      const bytes = Buffer.from(text)
      let at = 0
      const next = (): void => {
        if (at >= bytes.length) response.end()
        else response.write(bytes.subarray(at, (at += 7)), () => setImmediate(next))
      }
      next()
    })
    expect(await watch(rig)).toEqual(['ADDED äääää', 'MODIFIED b', 'BOOKMARK '])
  })

  test('410 as an event and as an answer', async () => {
    const body = status(410, 'Expired', 'too old resource version')
    await using event = await serve((_, response) => response.end(`{"type":"ERROR","object":${body}}\n`))
    await using answer = await serve((_, response) => response.writeHead(410).end(body))
    for (const rig of [event, answer]) await expect(watch(rig)).rejects.toMatchObject({ code: 'ERR_GONE' })
  })

  test('garbage is a fault that may pass', async () => {
    await using garbage = await serve((_, response) => response.end('<html>\n'))
    await using unknown = await serve((_, response) => response.end('{"type":"RENAMED"}\n'))
    for (const rig of [garbage, unknown])
      await expect(watch(rig)).rejects.toMatchObject({ code: 'ERR_TORN_DATA', retryable: true })
  })
})

describe('inside a pod', () => {
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
  const files: Record<string, string> = {
    '/sa/token': 'first\n',
    '/sa/ca.crt': 'PEM',
    '/sa/namespace': 'argo',
  }
  const read = (path: string): string => {
    const text = files[path]
    if (text === undefined) throw new Error(`ENOENT ${path}`)
    return text
  }

  test('address, certificate, namespace and token of the service account', async () => {
    const config = inClusterConfig(env, read, '/sa')
    expect(config).toMatchObject({ server: 'https://[fd00::1]:443', ca: 'PEM', namespace: 'argo' })
    expect(await config.authorize?.()).toEqual({ authorization: 'Bearer first' })
  })

  test('outside of one, or without a token, the message says what is missing', () => {
    expect(() => inClusterConfig({}, read, '/sa')).toThrow('KUBERNETES_SERVICE_HOST')
    expect(() => inClusterConfig(env, read, '/none')).toThrow(/read \/none\/token: .*service account token/)
  })
})
