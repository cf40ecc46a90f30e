// HTTP artifacts against real servers: headers, identities, redirects, failures.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ArtifactDriver } from '../../../../artifacts/driver.ts'
import { createDrivers } from '../../../../artifacts/registry.ts'
import { createLogger } from '../../../../src/log/logger.ts'
import type { Artifact, HttpArtifact } from '../../../../src/spec/types.ts'
import { startHttp, type HttpRig } from '../../../rig/http-server.ts'

const options = { signal: AbortSignal.timeout(20_000) }
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'argo-http-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

interface Rig extends AsyncDisposable {
  readonly server: HttpRig
  readonly asked: readonly Asked[]
  readonly artifact: (path: string, more?: Partial<HttpArtifact>) => Artifact
  readonly driver: (artifact: Artifact) => Promise<ArtifactDriver>
  readonly out: string
}

async function rig(
  answer: (asked: Asked, response: ServerResponse, number: number) => void,
  secrets: Readonly<Record<string, string>> = {},
): Promise<Rig> {
  const asked: Asked[] = []
  const server = await startHttp(({ method = '', url = '', headers }, body, response) => {
    const one = { method, url, headers, body: body.toString() }
    asked.push(one)
    answer(one, response, asked.length)
  })
  const drivers = createDrivers({
    env: { EXECUTOR_RETRY_BACKOFF_DURATION: '1ms' },
    log: createLogger({ write: () => {} }),
    readSecret: async (_name, key) => secrets[key] ?? '',
  })
  return {
    server,
    asked,
    artifact: (path, more = {}) => ({ name: 'x', http: { url: server.url + path, ...more } }),
    driver: (artifact) => drivers.driverFor(artifact),
    out: join(mkdtempSync(join(folder, 'case-')), 'out'),
    [Symbol.asyncDispose]: async () => {
      await drivers.close()
      await server.close()
    },
  }
}

const secret = (key: string): { readonly name: string; readonly key: string } => ({ name: 's', key })
const redirect = (response: ServerResponse, status: number, location: string): void =>
  void response.writeHead(status, { location }).end()

describe('load', () => {
  test('a file, asked for with its headers', async () => {
    await using at = await rig((_asked, response) => response.end('content'))
    const artifact = at.artifact('/a%20b?x=1', { headers: [{ name: 'X-Own', value: 'v' }] })
    await (await at.driver(artifact)).load(artifact, at.out, options)
    expect(readFileSync(at.out, 'utf8')).toBe('content')
    expect(at.asked).toMatchObject([{ method: 'GET', url: '/a%20b?x=1', headers: { 'x-own': 'v' } }])
  })

  test.each([
    [404, 'ERR_NOT_FOUND', 1],
    [403, 'ERR_FORBIDDEN', 1],
    [401, 'ERR_UNAUTHORIZED', 1],
    [400, 'ERR_BAD_REQUEST', 1],
    [500, 'ERR_UNAVAILABLE', 5],
  ])('status %i: %s after %i requests, and no secret of the URL', async (status, code, requests) => {
    await using at = await rig((_asked, response) => response.writeHead(status).end('why'))
    const artifact = at.artifact('/f?token=geheim')
    const failure = await (
      await at.driver(artifact)
    )
      .load(artifact, at.out, options)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code,
      message: expect.stringMatching(
        new RegExp(`^loading content from ${at.server.url}/f failed with reason: ${status} `),
      ),
    })
    expect(String(failure)).not.toContain('geheim')
    expect(at.asked).toHaveLength(requests)
    expect(readdirSync(join(at.out, '..'))).toEqual([])
  })

  test('busy for a while, then broken off, then complete', async () => {
    await using at = await rig((_asked, response, number) => {
      if (number <= 6) response.writeHead(503, { 'retry-after': '0' }).end()
      else if (number === 7)
        response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy())
      else response.end('whole')
    })
    const artifact = at.artifact('/f')
    await (await at.driver(artifact)).load(artifact, at.out, options)
    expect(readFileSync(at.out, 'utf8')).toBe('whole')
  })

  test('redirects are followed; another host never hears who asks', async () => {
    await using other = await startHttp((request, _body, response) =>
      response.end(JSON.stringify(request.headers)),
    )
    await using at = await rig(
      ({ url }, response) => {
        if (url === '/start') redirect(response, 302, '/next')
        else redirect(response, 307, `${other.url.replace('127.0.0.1', 'localhost')}/file`)
      },
      { user: 'u', password: 'p' },
    )
    const artifact = at.artifact('/start', {
      headers: [
        { name: 'X-Api-Key', value: 'k' },
        { name: 'X-Own', value: 'v' },
      ],
      auth: { basicAuth: { usernameSecret: secret('user'), passwordSecret: secret('password') } },
    })
    await (await at.driver(artifact)).load(artifact, at.out, options)
    expect(at.asked.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${btoa('u:p')}`,
      `Basic ${btoa('u:p')}`,
    ])
    const heard = readFileSync(at.out, 'utf8')
    expect(heard).toContain('"x-own":"v"')
    expect(heard).not.toMatch(/authorization|api-key/)
  })

  test('redirects without end, or to nowhere', async () => {
    await using at = await rig(({ url }, response) =>
      redirect(response, 302, url === '/bad' ? 'http://[' : '/loop'),
    )
    for (const path of ['/loop', '/bad']) {
      const artifact = at.artifact(path)
      await expect((await at.driver(artifact)).load(artifact, at.out, options)).rejects.toMatchObject({
        code: 'ERR_BAD_REQUEST',
      })
    }
    expect(at.asked).toHaveLength(12)
  })
})

describe('save', () => {
  test('a file, with its length', async () => {
    await using at = await rig((_asked, response) => response.writeHead(201).end())
    writeFileSync(join(folder, 'in'), 'content')
    const artifact = at.artifact('/f')
    await (await at.driver(artifact)).save(artifact, join(folder, 'in'), options)
    expect(at.asked).toMatchObject([
      { method: 'PUT', url: '/f', body: 'content', headers: { 'content-length': '7' } },
    ])
  })

  test.each([307, 308])('after %i the body is sent again', async (status) => {
    await using at = await rig(({ url }, response) =>
      url === '/f' ? redirect(response, status, '/g') : response.end(),
    )
    writeFileSync(join(folder, 'in'), 'content')
    const artifact = at.artifact('/f')
    await (await at.driver(artifact)).save(artifact, join(folder, 'in'), options)
    expect(at.asked.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['PUT', '/f', 'content'],
      ['PUT', '/g', 'content'],
    ])
  })

  test('after 302 nothing was saved, so it fails', async () => {
    await using at = await rig((_asked, response) => redirect(response, 302, '/g'))
    writeFileSync(join(folder, 'in'), 'content')
    const artifact = at.artifact('/f')
    await expect((await at.driver(artifact)).save(artifact, join(folder, 'in'), options)).rejects.toThrow(
      `saving file ${join(folder, 'in')} to ${at.server.url}/f failed with reason: 302 Found`,
    )
  })

  test('a failed try is repeated with the whole body', async () => {
    await using at = await rig((_asked, response, number) => response.writeHead(number < 3 ? 500 : 200).end())
    const artifact = at.artifact('/f')
    await (await at.driver(artifact)).saveStream(artifact, Readable.from(['a', 'b']), options)
    expect(at.asked.map(({ body }) => body)).toEqual(['ab', 'ab', 'ab'])
  })

  test('a directory is refused before anything is sent', async () => {
    await using at = await rig((_asked, response) => response.end())
    mkdirSync(join(folder, 'dir'), { recursive: true })
    const artifact = at.artifact('/f')
    await expect(
      (await at.driver(artifact)).save(artifact, join(folder, 'dir'), options),
    ).rejects.toMatchObject({ code: 'ERR_NOT_IMPLEMENTED' })
    expect(at.asked).toEqual([])
  })
})

describe('identities', () => {
  test('basic only with user and password', async () => {
    await using at = await rig((_asked, response) => response.end(), { user: 'u' })
    const artifact = at.artifact('/f', {
      auth: { basicAuth: { usernameSecret: secret('user'), passwordSecret: secret('none') } },
    })
    await (await at.driver(artifact)).load(artifact, at.out, options)
    expect(at.asked[0]?.headers.authorization).toBeUndefined()
  })

  test('a token by client credentials, fetched once', async () => {
    await using tokens = await startHttp((request, body, response) => {
      const right =
        request.headers.authorization === `Basic ${btoa('id:se%20cret')}` &&
        body.toString() === 'grant_type=client_credentials&scope=a+b&audience=x'
      if (right) response.end('{"access_token":"t1","expires_in":3600}')
      else response.writeHead(401).end()
    })
    await using at = await rig((_asked, response) => response.end('x'), {
      id: 'id\n',
      secret: 'se cret',
      url: `${tokens.url}/token`,
    })
    const oauth2 = {
      clientIDSecret: secret('id'),
      clientSecretSecret: secret('secret'),
      tokenURLSecret: secret('url'),
      scopes: ['a', 'b'],
      endpointParams: [{ key: 'audience', value: 'x' }],
    }
    const artifact = at.artifact('/f', { auth: { oauth2 } })
    const driver = await at.driver(artifact)
    for (const _again of [1, 2]) await text(await driver.openStream(artifact, options))
    expect(at.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t1'])
  })

  test('a refused client is told without its secret', async () => {
    await using tokens = await startHttp((_request, _body, response) => response.writeHead(401).end())
    await using at = await rig((_asked, response) => response.end('x'), {
      id: 'id',
      secret: 'geheim',
      url: `${tokens.url}/token`,
    })
    const artifact = at.artifact('/f', {
      auth: {
        oauth2: {
          clientIDSecret: secret('id'),
          clientSecretSecret: secret('secret'),
          tokenURLSecret: secret('url'),
        },
      },
    })
    const failure = await (
      await at.driver(artifact)
    )
      .load(artifact, at.out, options)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ERR_UNAUTHORIZED' })
    expect(String(failure)).not.toContain('geheim')
  })
})

describe('the rest', () => {
  test('ranges, where the server has them', async () => {
    await using at = await rig(({ headers, url }, response) =>
      url === '/whole' ? response.end('0123') : response.writeHead(206).end(headers.range),
    )
    const driver = await at.driver(at.artifact('/f'))
    expect(await text(await driver.openStream(at.artifact('/f'), { ...options, offset: 2, length: 3 }))).toBe(
      'bytes=2-4',
    )
    await expect(driver.openStream(at.artifact('/whole'), { ...options, offset: 2 })).rejects.toMatchObject({
      code: 'ERR_NOT_IMPLEMENTED',
    })
  })

  test('stat', async () => {
    await using at = await rig((_asked, response) =>
      response.writeHead(200, { 'content-length': '42', etag: '"e"' }).end(),
    )
    expect(await (await at.driver(at.artifact('/f'))).stat(at.artifact('/f'), options)).toEqual({
      key: `${at.server.url}/f`,
      sizeBytes: 42,
      etag: '"e"',
    })
  })

  test('what HTTP has no notion of says what to do instead', async () => {
    await using at = await rig((_asked, response) => response.end())
    const driver = await at.driver(at.artifact('/f'))
    for (const call of ['list', 'delete', 'isDirectory'] as const) {
      await expect(driver[call](at.artifact('/f'), options)).rejects.toMatchObject({
        code: 'ERR_NOT_IMPLEMENTED',
      })
    }
  })
})
