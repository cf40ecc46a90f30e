// Requests over real sockets: bodies, aborts, silence, proxies, certificates, and kept connections that are gone.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHttp } from '../../../src/util/http.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { startHttp } from '../../rig/http-server.ts'

const signal = AbortSignal.timeout(20_000)

describe('request', () => {
  test('bytes and streams arrive, with their length where it is known', async () => {
    await using server = await startHttp((request, body, response) => {
      const { 'content-length': length = '', 'transfer-encoding': encoding = '' } = request.headers
      response.end(`${request.method} ${request.url} ${length} ${encoding} ${body.toString()}`)
    })
    const http = createHttp({ env: {} })
    const ask = async (more: object): Promise<string> =>
      text((await http.request({ method: 'PUT', url: server.url, signal, ...more })).body)
    expect(await ask({ body: 'süß' })).toBe('PUT / 5  süß')
    expect(await ask({ body: Readable.from(['a', 'b']) })).toBe('PUT /  chunked ab')
    expect(await ask({ body: Readable.from(['a', 'b']), headers: { 'Content-Length': '2' } })).toBe(
      'PUT / 2  ab',
    )
    expect(await ask({})).toBe('PUT / 0  ')
    expect(await ask({ method: 'GET', path: '/a/../b//%2e?x=1' })).toBe('GET /a/../b//%2e?x=1   ')
    http.close()
  })

  test('a body that fails takes the request with it', async () => {
    await using server = await startHttp((_request, _body, response) => response.end())
    async function* failing(): AsyncGenerator<string> {
      yield 'a'
      throw new Error('the disk is gone')
    }
    const http = createHttp({ env: {} })
    await expect(
      http.request({ method: 'PUT', url: server.url, body: Readable.from(failing()), signal }),
    ).rejects.toThrow('the disk is gone')
  })

  test('a body that is closed before its end takes the request with it', async () => {
    await using server = await startHttp((_request, _body, response) => response.end())
    const body = new Readable({ read: () => {} })
    body.push('beginning')
    const sending = createHttp({ env: {} }).request({ method: 'PUT', url: server.url, body, signal })
    body.once('resume', () => body.destroy())
    await expect(sending).rejects.toMatchObject({ code: 'ERR_TORN_DATA' })
  })

  test('an abort while the answer is read reaches the reader', async () => {
    await using server = await startHttp((_request, _body, response) => void response.write('beginning'))
    const stop = new AbortController()
    const { body } = await createHttp({ env: {} }).request({
      method: 'GET',
      url: server.url,
      signal: stop.signal,
    })
    body.once('data', () => stop.abort(new Error('enough')))
    await expect(text(body)).rejects.toThrow('enough')
  })

  test('an abort that nobody listens to does not end the process', async () => {
    await using server = await startHttp((_request, _body, response) => void response.write('beginning'))
    const stop = new AbortController()
    const { body } = await createHttp({ env: {} }).request({
      method: 'GET',
      url: server.url,
      signal: stop.signal,
    })
    const closed = new Promise((resolve) => body.once('close', resolve))
    stop.abort(new Error('enough'))
    await closed
    await expect(text(body)).rejects.toThrow('enough')
  })

  test.each([
    ['before the answer', ''],
    ['in the answer', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning'],
  ])('silence %s ends the wait', async (_name, answer) => {
    const sockets = new Set<Socket>()
    const server = createTcpServer((socket) => {
      sockets.add(socket)
      socket.once('data', () => socket.write(answer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/p?secret=1`
    const waiting = createHttp({ env: {} })
      .request({ method: 'GET', url, signal, stallMs: 100 })
      .then(async ({ body }) => text(body))
    await expect(waiting).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      retryable: true,
      message: expect.stringMatching(/\/p: nothing moved for 100 ms$/),
    })
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  test('a slow reader is not silence', async () => {
    await using server = await startHttp((_request, _body, response) =>
      response.end(Buffer.alloc(4 * 1024 * 1024)),
    )
    const { body } = await createHttp({ env: {} }).request({
      method: 'GET',
      url: server.url,
      signal,
      stallMs: 40,
    })
    await new Promise((resolve) => body.once('readable', resolve))
    let ticks = 0
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (++ticks === 10) resolve(clearInterval(timer))
      }, 20)
    })
    expect((await text(body)).length).toBe(4 * 1024 * 1024)
  })

  test('a kept connection that is gone is replaced, unless the call could happen twice', async () => {
    let connections = 0
    const server: Server = createHttpServer((request, response) => {
      response.once('finish', () => {
        // The client keeps the connection; the server drops it when the next request comes.
        request.socket.removeAllListeners('data')
        request.socket.once('data', () => request.socket.destroy())
        request.socket.resume()
      })
      response.end(String(++connections))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const http = createHttp({ env: {} })
    const ask = async (method: string, repeatable?: boolean): Promise<string> => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      return text(
        (await http.request({ method, url, signal, ...(repeatable === undefined ? {} : { repeatable }) }))
          .body,
      )
    }
    expect(await ask('GET')).toBe('1')
    expect(await ask('GET')).toBe('2')
    expect(await ask('PUT', true)).toBe('3')
    await expect(ask('POST')).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      retryable: true,
      data: { network: 'ECONNRESET' },
    })
    http.close()
    server.closeAllConnections()
    server.close()
  })

  test('what is no URL', async () => {
    const http = createHttp({ env: {} })
    for (const url of ['', 'file:///etc/passwd', 'nonsense']) {
      await expect(http.request({ method: 'GET', url, signal })).rejects.toMatchObject({
        code: 'ERR_BAD_REQUEST',
      })
    }
  })
})

describeNeeding({ programs: ['openssl'] }, 'TLS and proxies', () => {
  let folder = ''
  let ca = ''
  let url = ''
  let server: ReturnType<typeof createHttpsServer>
  let proxy: Server
  let proxyUrl = ''
  const tunnels: string[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'argo-tls-'))
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=store.test',
        '-addext',
        'subjectAltName=DNS:store.test,IP:127.0.0.1',
        '-keyout',
        join(folder, 'key.pem'),
        '-out',
        join(folder, 'ca.pem'),
      ],
      { stdio: 'ignore' },
    )
    ca = readFileSync(join(folder, 'ca.pem'), 'utf8')
    server = createHttpsServer(
      { cert: ca, key: readFileSync(join(folder, 'key.pem')) },
      (request, response) => response.end(`secure ${request.url}`),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    proxy = createHttpServer((request, response) =>
      response.end(`proxied ${request.url} ${request.headers['proxy-authorization'] ?? ''}`),
    )
    proxy.on('connect', (request, socket: Socket) => {
      tunnels.push(request.url ?? '')
      const onward = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.pipe(socket).pipe(onward)
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    proxyUrl = `http://user:pass@127.0.0.1:${(proxy.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
    proxy.closeAllConnections()
    proxy.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const get = async (http: ReturnType<typeof createHttp>, target: string): Promise<string> => {
    try {
      return await text((await http.request({ method: 'GET', url: target, signal })).body)
    } finally {
      http.close()
    }
  }

  test('the given root, the roots of the system, and no others', async () => {
    expect(await get(createHttp({ env: {}, ca }), url)).toBe('secure /')
    expect(await get(createHttp({ env: { SSL_CERT_FILE: join(folder, 'ca.pem') } }), url)).toBe('secure /')
    expect(
      await get(createHttp({ env: { SSL_CERT_FILE: '/nowhere', SSL_CERT_DIR: `/nowhere:${folder}` } }), url),
    ).toBe('secure /')
    expect(await get(createHttp({ env: {}, insecureSkipVerify: true }), url)).toBe('secure /')
    await expect(get(createHttp({ env: {} }), url)).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      retryable: false,
    })
  })

  test('through a proxy: http by name, https by a tunnel', async () => {
    const env = { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl }
    expect(await get(createHttp({ env }), 'http://store.test/a?b=c')).toBe(
      `proxied http://store.test/a?b=c Basic ${btoa('user:pass')}`,
    )
    expect(await get(createHttp({ env, ca }), 'https://store.test/x')).toBe('secure /x')
    expect(tunnels).toEqual(['store.test:443'])
  })
})
