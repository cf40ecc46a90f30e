// The embedded API on the wire: who is let in, what is refused, and what never ends by itself.

import { X509Certificate } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { request, type RequestOptions } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ArgoError } from '../../../../src/errors/argo-error.ts'
import { resources, type KubeObject } from '../../../../src/kube/api.ts'
import { loadKubeConfig } from '../../../../src/kube/kubeconfig.ts'
import { createKubeClient, type KubeClient } from '../../../../src/kube/rest-client.ts'
import { selfSignedCertificate } from '../../../../src/local/api/certificate.ts'
import { clientOf, openLocalApi, type RunningLocalApi } from '../../../rig/kube-apis.ts'

let local: RunningLocalApi
let client: KubeClient

beforeAll(async () => {
  local = await openLocalApi({
    log: async function* ({ container, follow, signal, tailLines }) {
      if (container === 'broken')
        throw new ArgoError('container "broken" is waiting to start', { code: 'ERR_BAD_REQUEST' })
      yield Buffer.from(`one of ${container} ${String(tailLines)}\n`)
      if (!follow) return
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true })
      })
    },
    exec: ({ command, signal }) => {
      if (command[0] === 'no-such') throw new ArgoError('command not found', { code: 'ERR_BAD_REQUEST' })
      if (command[0] !== 'hang')
        return Promise.resolve({
          exitCode: Number(command[1] ?? 0),
          stdout: 'out '.repeat(30_000),
          stderr: 'err',
        })
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('stopped'))
        })
      })
    },
  })
  client = clientOf(local)
  await client.create(resources.pods, 'argo', pod('p', ['main', 'side', 'broken']))
  await client.create(resources.pods, 'argo', pod('single', ['only']))
})
afterAll(async () => {
  client.close()
  await local[Symbol.asyncDispose]()
})

function pod(name: string, containers: readonly string[], nodeName?: string): KubeObject & { spec: unknown } {
  const spec = {
    containers: containers.map((one) => ({ name: one, image: 'x' })),
    ...(nodeName === undefined ? {} : { nodeName }),
  }
  return { metadata: { name }, spec }
}

interface Answer {
  readonly status: number
  readonly body: string
}

async function call(path: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  const outgoing = request(`${local.url}${path}`, {
    ca: local.caPem,
    agent: false,
    ...options,
    headers: {
      authorization: `Bearer ${local.token}`,
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      ...(options.headers as Readonly<Record<string, string>> | undefined),
    },
  })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [AsyncIterable<Buffer> & { statusCode: number }]
  let text = ''
  for await (const chunk of answer) text += chunk.toString()
  return { status: answer.statusCode, body: text }
}

describe('who is let in', () => {
  test.each([
    ['no token', { authorization: '' }],
    ['another token', { authorization: 'Bearer nonsense' }],
    ['basic authentication', { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` }],
    ['a lower-case scheme', { authorization: 'bearer x' }],
  ])('%s is 401 everywhere', async (_, headers) => {
    for (const path of [
      '/',
      '/api',
      '/version',
      '/healthz',
      '/api/v1/namespaces/argo/pods',
      '/api/v1/secrets',
      '/nothing',
    ]) {
      const answer = await call(path, { headers })
      expect(answer.status, path).toBe(401)
      expect(JSON.parse(answer.body)).toMatchObject({
        kind: 'Status',
        status: 'Failure',
        reason: 'Unauthorized',
        code: 401,
      })
    }
  })

  test('exec without the token is 401 too', async () => {
    const stranger = createKubeClient({ server: local.url, ca: local.caPem })
    await expect(stranger.exec('argo', 'p', 'main', ['true'])).rejects.toMatchObject({
      code: 'ERR_UNAUTHORIZED',
    })
    stranger.close()
  })

  test('only on this machine, and only for who trusts the certificate of this run', async () => {
    expect(new URL(local.url).hostname).toBe('127.0.0.1')
    const stranger = createKubeClient({
      server: local.url,
      authorize: () => Promise.resolve({ authorization: `Bearer ${local.token}` }),
    })
    await expect(stranger.raw('/version')).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      retryable: false,
    })
    stranger.close()
  })

  test('the kubeconfig leads in and is nobody else’s to read', async () => {
    const path = join(local.dir, 'kubeconfig')
    local.writeKubeconfig(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toContain(local.token)
    const other = createKubeClient(await loadKubeConfig({ env: {}, path }))
    expect((await other.list(resources.pods, 'argo')).items.length).toBe(2)
    other.close()
  })
})

describe('requests', () => {
  const pods = '/api/v1/namespaces/argo/pods'

  test.each<[string, string, string, number]>([
    ['GET', '/api/v1/nothing', '', 404],
    ['GET', '/apis/argoproj.io/v2/workflows', '', 404],
    ['GET', '/api/v1/namespaces/argo/pods/p/nothing', '', 404],
    ['GET', '/api/v1/namespaces/argo/configmaps/x/status', '', 404],
    ['GET', '/api/v1/namespaces/argo/pods/%E0%A4%A', '', 400],
    ['GET', `${pods}?limit=many`, '', 400],
    ['GET', `${pods}?watch=true&resourceVersion=x`, '', 500],
    ['GET', `${pods}?continue=x`, '', 400],
    ['POST', pods, '{"metadata"', 400],
    ['POST', pods, '[]', 400],
    ['POST', pods, 'null', 400],
    ['POST', pods, '', 400],
    ['POST', '/api/v1/pods', '{}', 405],
    ['POST', `${pods}/p`, '{}', 405],
    ['PUT', pods, '{}', 405],
    ['PATCH', `${pods}/p`, '{}', 415],
    ['DELETE', '/api/v1/namespaces/argo', '', 405],
    ['DELETE', `${pods}/p/status`, '', 405],
    ['DELETE', `${pods}/p`, '{"gracePeriodSeconds":-1}', 400],
    ['DELETE', '/api/v1/pods', '', 405],
    ['OPTIONS', pods, '', 405],
  ])('%s %s %s is %d', async (method, path, body, status) => {
    const answer = await call(path, { method, headers: { 'content-type': 'application/json' } }, body)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', status: 'Failure', code: status })
  })

  test('a body that is too large is refused before it is read to its end', async () => {
    const answer = await call(
      pods,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      Buffer.alloc(3 * 1024 * 1024 + 1, 32),
    )
    expect(answer.status).toBe(413)
  })

  test('a dry run changes nothing', async () => {
    const before = (await client.list(resources.configMaps, 'argo')).metadata.resourceVersion
    const object = JSON.stringify({ metadata: { name: 'dry' } })
    const headers = { 'content-type': 'application/json' }
    expect(
      (await call('/api/v1/namespaces/argo/configmaps?dryRun=All', { method: 'POST', headers }, object))
        .status,
    ).toBe(201)
    expect((await call(`${pods}/p?dryRun=All`, { method: 'DELETE' })).status).toBe(200)
    expect((await client.list(resources.configMaps, 'argo')).metadata.resourceVersion).toBe(before)
  })

  test('a list or watch may ask for all that is there, with a mark at its end', async () => {
    const query =
      'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1'
    const lines = (await call(`${pods}?${query}`)).body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; object: KubeObject })
    expect(lines.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'BOOKMARK', 'BOOKMARK'])
    expect(lines[2]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
  })
})

describe('logs and exec', () => {
  test('a log to its end, and one that goes on until its reader leaves', async () => {
    const read = async (follow: boolean, signal?: AbortSignal): Promise<string> => {
      let text = ''
      for await (const chunk of client.log('argo', 'p', {
        container: 'main',
        follow,
        ...(signal ? { signal } : {}),
      })) {
        text += Buffer.from(chunk).toString()
        if (follow) stop.abort(new Error('read enough'))
      }
      return text
    }
    const stop = new AbortController()
    expect(await read(false)).toBe('one of main undefined\n')
    await expect(read(true, stop.signal)).rejects.toThrow('read enough')
  })

  test('the container that is meant', async () => {
    const log = '/api/v1/namespaces/argo/pods'
    expect((await call(`${log}/single/log?tailLines=3`)).body).toBe('one of only 3\n')
    expect((await call(`${log}/p/log`)).body).toContain('choose one of: [main side broken]')
    expect((await call(`${log}/p/log?container=x`)).status).toBe(400)
    expect((await call(`${log}/none/log`)).status).toBe(404)
    const broken = await call(`${log}/p/log?container=broken`)
    expect(broken).toMatchObject({ status: 400 })
    expect(broken.body).toContain('waiting to start')
  })

  test('exec gives output and exit code, in process and over the wire', async () => {
    for (const api of [client, local.api]) {
      const result = await api.exec('argo', 'p', 'main', ['exit', '7'])
      expect(result).toEqual({ exitCode: 7, stdout: 'out '.repeat(30_000), stderr: 'err' })
      expect((await api.exec('argo', 'p', 'main', ['x'])).exitCode).toBe(0)
      await expect(api.exec('argo', 'p', 'main', ['no-such'])).rejects.toThrow('command not found')
      await expect(api.exec('argo', 'none', 'main', ['x'])).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
      await expect(api.exec('argo', 'p', 'main', [])).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' })
    }
  })

  test('a command whose caller gives up is told so', async () => {
    const stop = new AbortController()
    const running = client.exec('argo', 'p', 'main', ['hang'], { signal: stop.signal })
    setImmediate(() => {
      stop.abort(new Error('given up'))
    })
    await expect(running).rejects.toThrow('given up')
  })
})

describe('pods on a node', () => {
  test.each(['bound to a node', 'taken up by the engine'])(
    '%s: marked first, gone when the engine says so',
    async (how) => {
      const bound = how === 'bound to a node'
      const created = await client.create(
        resources.pods,
        'argo',
        pod('graceful', ['main'], bound ? 'laptop' : undefined),
      )
      const started = { status: { startTime: '2026-01-01T00:00:00Z', phase: 'Running' } }
      if (!bound)
        await client.patch(resources.pods, 'argo', 'graceful', 'merge', started, { subresource: 'status' })
      await client.delete(resources.pods, 'argo', 'graceful', { gracePeriodSeconds: 20 })
      const marked = await client.get(resources.pods, 'argo', 'graceful')
      expect(marked.metadata).toMatchObject({ deletionGracePeriodSeconds: 20 })
      const inSeconds = (Date.parse(marked.metadata.deletionTimestamp ?? '') - Date.now()) / 1000
      expect(inSeconds).toBeGreaterThan(15)
      await client.delete(resources.pods, 'argo', 'graceful', { gracePeriodSeconds: 25 })
      expect((await client.get(resources.pods, 'argo', 'graceful')).metadata).toMatchObject({
        deletionGracePeriodSeconds: 20,
      })
      await client.delete(resources.pods, 'argo', 'graceful', {
        gracePeriodSeconds: 0,
        preconditionUid: created.metadata.uid ?? '',
      })
      await expect(client.get(resources.pods, 'argo', 'graceful')).rejects.toMatchObject({
        code: 'ERR_NOT_FOUND',
      })
    },
  )
})

describe('dependents', () => {
  const map = (name: string, owners: readonly KubeObject[]): KubeObject => ({
    metadata: {
      name,
      ownerReferences: owners.map(({ metadata }) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: metadata.name ?? '',
        uid: metadata.uid ?? '',
      })),
    },
  })
  const make = (name: string, owners: readonly KubeObject[] = []): Promise<KubeObject> =>
    client.create(resources.configMaps, 'argo', map(name, owners))
  const names = async (): Promise<readonly (string | undefined)[]> =>
    (await client.list(resources.configMaps, 'argo')).items.map(({ metadata }) => metadata.name)

  test('go with their last owner, through all generations', async () => {
    const a = await make('gc-a')
    const b = await make('gc-b')
    const child = await make('gc-child', [a, b])
    await make('gc-grandchild', [child])
    await client.delete(resources.configMaps, 'argo', 'gc-a')
    expect(await names()).toEqual(['gc-b', 'gc-child', 'gc-grandchild'])
    await client.delete(resources.configMaps, 'argo', 'gc-b')
    expect(await names()).toEqual([])
  })

  test('stay when they are to be orphans, and a circle of owners ends', async () => {
    const owner = await make('orphan-owner')
    await make('orphan', [owner])
    await client.delete(resources.configMaps, 'argo', 'orphan-owner', { propagationPolicy: 'Orphan' })
    expect(
      (await client.get(resources.configMaps, 'argo', 'orphan')).metadata.ownerReferences,
    ).toBeUndefined()
    await client.delete(resources.configMaps, 'argo', 'orphan')
    const one = await make('circle-one')
    const two = await make('circle-two', [one])
    await client.patch(resources.configMaps, 'argo', 'circle-one', 'merge', map('circle-one', [two]))
    await client.delete(resources.configMaps, 'argo', 'circle-one')
    expect(await names()).toEqual([])
  })
})

describe('the end', () => {
  test('close ends watches and calls, also those in process', async () => {
    const other = await openLocalApi()
    const wire = clientOf(other)
    const watching = (api: KubeClient | RunningLocalApi['api']): Promise<string> =>
      (async () => {
        for await (const _ of api.watch(resources.pods, 'argo', { resourceVersion: '0' }));
        return 'ended'
      })().catch((error: unknown) => (error instanceof Error ? error.message : ''))
    const watches = [watching(wire), watching(other.api)]
    await wire.list(resources.pods, 'argo')
    await other[Symbol.asyncDispose]()
    const ends = await Promise.all(watches)
    expect(ends[0]).toMatch(/ended|broke off|socket hang up|ECONN/)
    expect(ends[1]).toBe('the embedded API was closed')
    await expect(other.api.list(resources.pods, 'argo')).rejects.toThrow('the embedded API was closed')
    wire.close()
  })

  test('a version that the log has lost is 410', async () => {
    await client.create(resources.configMaps, 'default', { metadata: { name: 'busy' } })
    for (let n = 0; n < 8800; n++)
      await local.api.patch(resources.configMaps, 'default', 'busy', 'merge', { data: { n: String(n) } })
    for (const api of [client, local.api]) {
      const watching = (async () => {
        for await (const _ of api.watch(resources.configMaps, 'default', { resourceVersion: '3' }));
      })()
      await expect(watching).rejects.toMatchObject({ code: 'ERR_GONE', status: { reason: 'Expired' } })
    }
  })
})

describe('the certificate', () => {
  test('names this machine, is its own authority, and verifies', () => {
    const { certPem, keyPem } = selfSignedCertificate(10)
    const certificate = new X509Certificate(certPem)
    expect(certificate.ca).toBe(true)
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.checkHost('example.com')).toBeUndefined()
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(Date.parse(certificate.validTo) - Date.now()).toBeGreaterThan(9 * 86_400_000)
    expect(keyPem).toContain('PRIVATE KEY')
    expect(new X509Certificate(selfSignedCertificate(20_000).certPem).validTo).toMatch(/20[78]\d/)
  })

  test('openssl finds nothing wrong with it', (context) => {
    if (spawnSync('openssl', ['version']).status !== 0) context.skip('openssl is not here')
    const file = join(local.dir, 'cert.pem')
    writeFileSync(file, selfSignedCertificate(10).certPem)
    const verified = spawnSync('openssl', [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-CAfile',
      file,
      file,
    ])
    expect(verified.stdout.toString() + verified.stderr.toString()).toContain('OK')
  })
})
