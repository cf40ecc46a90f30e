// Finding and reading kubeconfigs.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadKubeConfig } from '../../../src/kube/kubeconfig.ts'

let dir: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'argo-kubeconfig-'))
})
afterAll(() => {
  rmSync(dir, { recursive: true, force: true })
})

function write(name: string, user: unknown, cluster: Record<string, unknown> = {}): string {
  const path = join(dir, name)
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: `https://${name}.example.com:6443`, ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: `of-${name}` } }],
    'current-context': name,
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

test('a token, a certificate authority beside the file, a proxy', async () => {
  writeFileSync(join(dir, 'ca.pem'), 'PEM')
  const path = write(
    'one',
    { token: 'secret' },
    { 'certificate-authority': 'ca.pem', 'proxy-url': 'http://proxy:1', 'tls-server-name': 'api' },
  )
  const config = await loadKubeConfig({ env: {}, path })
  const { authorize, ...rest } = config
  expect(rest).toEqual({
    server: 'https://one.example.com:6443',
    namespace: 'of-one',
    ca: 'PEM',
    proxyUrl: 'http://proxy:1',
    serverName: 'api',
  })
  expect(await authorize?.()).toEqual({ authorization: 'Bearer secret' })
})

test('client certificates, basic authentication, no verification', async () => {
  const data = (text: string): string => Buffer.from(text).toString('base64')
  const user = {
    'client-certificate-data': data('CERT'),
    'client-key-data': data('KEY'),
    username: 'a',
    password: 'b',
  }
  const path = write('two', user, { 'insecure-skip-tls-verify': true })
  const config = await loadKubeConfig({ env: { KUBECONFIG: path } })
  expect(config).toMatchObject({ cert: 'CERT', key: 'KEY', insecureSkipVerify: true })
  expect(await config.authorize?.()).toEqual({ authorization: `Basic ${data('a:b')}` })
})

test('a log-in program gives the token', async () => {
  const program = join(dir, 'login.sh')
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'from-program' },
  }
  writeFileSync(program, `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`)
  chmodSync(program, 0o755)
  const path = write('three', {
    exec: { apiVersion: credential.apiVersion, command: program, interactiveMode: 'Never' },
  })
  const config = await loadKubeConfig({ env: {}, path })
  expect(await config.authorize?.()).toEqual({ authorization: 'Bearer from-program' })
})

test('several files melt, the first one’s context counts, another can be named', async () => {
  const env = {
    KUBECONFIG: [
      write('first', { token: '1' }),
      join(dir, 'not-there'),
      write('second', { token: '2' }),
    ].join(':'),
  }
  expect((await loadKubeConfig({ env })).server).toBe('https://first.example.com:6443')
  expect((await loadKubeConfig({ env, context: 'second' })).server).toBe('https://second.example.com:6443')
  await expect(loadKubeConfig({ env, context: 'third' })).rejects.toThrow(
    /context "third" .* leads to no cluster; contexts there: first, second/,
  )
})

test('nothing there, something unreadable: the message names the file', async () => {
  await expect(loadKubeConfig({ env: { HOME: dir } })).rejects.toThrow(`${dir}/.kube/config not found`)
  await expect(loadKubeConfig({ env: {}, path: join(dir, 'none') })).rejects.toThrow('none not found')
  const broken = join(dir, 'broken')
  writeFileSync(broken, 'clusters: [')
  await expect(loadKubeConfig({ env: {}, path: broken })).rejects.toThrow(`read the kubeconfig ${broken}`)
})
