// The S3 driver over TLS: bodies go unsigned but with a checksum, and only the named root is trusted.

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeNeeding } from '../../rig/needs.ts'
import { openSession, startEmbeddedStore, type S3Store } from '../../rig/stores.ts'

describeNeeding({ programs: ['openssl'] }, 'S3 over TLS', () => {
  let store: S3Store
  let front: Server
  let folder = ''
  let ca = ''

  beforeAll(async () => {
    store = await startEmbeddedStore()
    folder = mkdtempSync(join(tmpdir(), 'argo-s3-tls-'))
    const subject = ['-subj', '/CN=store', '-addext', 'subjectAltName=IP:127.0.0.1']
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'ca.pem')]
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    execFileSync('openssl', ['req', ...kind, ...subject, ...files], { stdio: 'ignore' })
    ca = readFileSync(join(folder, 'ca.pem'), 'utf8')
    const [host = '', port = ''] = store.endpoint.split(':')
    front = createServer({ cert: ca, key: readFileSync(join(folder, 'key.pem')) }, (socket) => {
      const onward = connect(Number(port), host)
      socket.on('error', () => onward.destroy())
      onward.on('error', () => socket.destroy())
      socket.pipe(onward).pipe(socket)
    })
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    front.close()
    await store[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const endpoint = (): string => `127.0.0.1:${(front.address() as AddressInfo).port}`

  test('small and large, with the root of caSecret', async () => {
    const keys: Readonly<Record<string, string>> = { access: store.accessKey, secret: store.secretKey, ca }
    await using session = openSession(store, {
      endpoint: endpoint(),
      readSecret: async (_name, key) => keys[key] ?? '',
    })
    const secure = { insecure: false, caSecret: { name: 'ca', key: 'ca' } }
    for (const size of [0, 1000, 20 * 1024 * 1024]) {
      const artifact = session.artifact(`size-${size}`, secure)
      const driver = await session.drivers.driverFor(artifact)
      const bytes = randomBytes(size)
      writeFileSync(join(session.folder, 'in'), bytes)
      await driver.save(artifact, join(session.folder, 'in'), session)
      await driver.load(artifact, join(session.folder, `out-${size}`), session)
      expect(readFileSync(join(session.folder, `out-${size}`)).equals(bytes)).toBe(true)
    }
  })

  test('a root that nobody named is refused at once, with its reason', async () => {
    await using session = openSession(store, { endpoint: endpoint() })
    const artifact = session.artifact('x', { insecure: false })
    const driver = await session.drivers.driverFor(artifact)
    await expect(driver.load(artifact, join(session.folder, 'out'), session)).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      message: expect.stringContaining('self-signed certificate'),
    })
    expect(session.lines).toEqual([])
  })
})
