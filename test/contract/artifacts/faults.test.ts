// Stores that misbehave: what the driver makes of refusals, overload, broken connections and lost answers.

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFaultProxy, type Fault, type FaultProxy, type Seen } from '../../rig/fault-proxy.ts'
import { openSession, startEmbeddedStore, type S3Store, type StoreSession } from '../../rig/stores.ts'

const mebibyte = 1024 * 1024
const pass: Fault = { kind: 'pass' }
const busy: Fault = {
  kind: 'answer',
  status: 503,
  body: '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
}

let store: S3Store

beforeAll(async () => {
  store = await startEmbeddedStore()
})
afterAll(() => store[Symbol.asyncDispose]())

/** A session whose requests go through a proxy; faults are chosen from the moment that `armed` is set. */
async function broken(
  choose: (seen: Seen) => Fault,
  env: Readonly<Record<string, string>> = {},
): Promise<Rig> {
  let since: number | undefined
  const proxy = await startFaultProxy(store.endpoint, (seen) =>
    since === undefined ? pass : choose({ ...seen, number: seen.number - since }),
  )
  const session = openSession(store, { endpoint: proxy.endpoint, env })
  const driver = await session.drivers.driverFor(session.artifact('x'))
  return {
    ...session,
    proxy,
    driver,
    arm: () => {
      since = proxy.seen.length
    },
    requests: () => proxy.seen.slice(since),
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
    },
  }
}

interface Rig extends StoreSession {
  readonly proxy: FaultProxy
  readonly driver: Awaited<ReturnType<StoreSession['drivers']['driverFor']>>
  readonly arm: () => void
  readonly requests: () => readonly Seen[]
}

async function withFile(rig: Rig, key: string, size: number): Promise<Buffer> {
  const bytes = randomBytes(size)
  writeFileSync(join(rig.folder, 'in'), bytes)
  await rig.driver.save(rig.artifact(key), join(rig.folder, 'in'), rig)
  return bytes
}

describe('a store that is too busy', () => {
  test('ten times: load and save come through', async () => {
    await using rig = await broken(({ number }) =>
      number <= 10 || (number >= 12 && number <= 21) ? busy : pass,
    )
    const bytes = await withFile(rig, 'k', 1000)
    rig.arm()
    await rig.driver.load(rig.artifact('k'), join(rig.folder, 'out'), rig)
    await rig.driver.save(rig.artifact('k2'), join(rig.folder, 'out'), rig)
    expect(readFileSync(join(rig.folder, 'out'))).toEqual(bytes)
    expect(rig.requests()).toHaveLength(22)
    expect(rig.lines.filter((line) => line.includes('trying again'))).toHaveLength(20)
  })

  test('always: an error that says so, after a bounded number of tries', async () => {
    await using rig = await broken(() => busy)
    rig.arm()
    await expect(rig.driver.load(rig.artifact('k'), join(rig.folder, 'out'), rig)).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      message: expect.stringMatching(
        /^failed to get file: Please reduce your request rate\. \(SlowDown, status 503, s3:\/\/artifacts\//,
      ),
    })
    expect(rig.requests()).toHaveLength(12)
    expect(readdirSync(rig.folder)).toEqual([])
  })

  test('EXECUTOR_RETRY_BACKOFF_STEPS is the number of tries', async () => {
    await using rig = await broken(() => busy, { EXECUTOR_RETRY_BACKOFF_STEPS: '3' })
    rig.arm()
    await expect(rig.driver.load(rig.artifact('k'), join(rig.folder, 'out'), rig)).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
    })
    expect(rig.requests()).toHaveLength(3)
  })

  test('an error that no try will change is told at once', async () => {
    const denied: Fault = {
      kind: 'answer',
      status: 403,
      body: '<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>',
    }
    await using rig = await broken(() => denied)
    rig.arm()
    await expect(rig.driver.load(rig.artifact('k'), join(rig.folder, 'out'), rig)).rejects.toMatchObject({
      code: 'ERR_FORBIDDEN',
    })
    expect(rig.requests()).toHaveLength(1)
  })

  test('TRANSIENT_ERROR_PATTERN adds to what is tried again', async () => {
    const odd: Fault = {
      kind: 'answer',
      status: 400,
      body: '<Error><Code>Odd</Code><Message>the moon is full</Message></Error>',
    }
    await using rig = await broken(({ number }) => (number <= 2 ? odd : pass), {
      TRANSIENT_ERROR_PATTERN: 'moon is (full|new)',
    })
    await withFile(rig, 'k', 10)
    rig.arm()
    await rig.driver.load(rig.artifact('k'), join(rig.folder, 'out'), rig)
    expect(rig.requests()).toHaveLength(3)
  })
})

describe('a store that refuses', () => {
  test('the error names the endpoint', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const endpoint = `127.0.0.1:${(closed.address() as AddressInfo).port}`
    await new Promise((resolve) => closed.close(resolve))
    await using session = openSession(store, { endpoint })
    const driver = await session.drivers.driverFor(session.artifact('k'))
    await expect(
      driver.load(session.artifact('k'), join(session.folder, 'out'), session),
    ).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      message: expect.stringContaining(`http://${endpoint}`),
    })
    expect(session.lines.filter((line) => line.includes('trying again'))).toHaveLength(4)
  })
})

describe('a connection that breaks', () => {
  test('half-way through a download: it goes on from there', async () => {
    await using rig = await broken(({ number }) =>
      number <= 3 ? { kind: 'cut-answer', afterBytes: 600_000 } : pass,
    )
    const bytes = await withFile(rig, 'k', 2 * mebibyte)
    rig.arm()
    await rig.driver.load(rig.artifact('k'), join(rig.folder, 'out'), rig)
    expect(readFileSync(join(rig.folder, 'out')).equals(bytes)).toBe(true)
    const ranges = rig.requests().map(({ headers }) => headers.range)
    expect(ranges).toHaveLength(4)
    expect(ranges[0]).toBeUndefined()
    for (const range of ranges.slice(1)) expect(range).toMatch(/^bytes=[1-9]\d*-2097151$/)
  })

  test('again and again: torn data, and no file', async () => {
    await using rig = await broken(() => ({ kind: 'cut-answer', afterBytes: 10 }))
    await withFile(rig, 'k', 2 * mebibyte)
    rig.arm()
    await expect(rig.driver.load(rig.artifact('k'), join(rig.folder, 'out'), rig)).rejects.toMatchObject({
      code: 'ERR_TORN_DATA',
    })
    expect(readdirSync(rig.folder)).toEqual(['in'])
  })

  test('in a large download, whichever connection it is', async () => {
    await using rig = await broken(({ number }) =>
      number % 2 === 1 ? { kind: 'cut-answer', afterBytes: 3 * mebibyte } : pass,
    )
    const bytes = await withFile(rig, 'k', 50 * mebibyte + 11)
    rig.arm()
    await rig.driver.load(rig.artifact('k'), join(rig.folder, 'out'), rig)
    expect(readFileSync(join(rig.folder, 'out')).equals(bytes)).toBe(true)
    expect(rig.requests().length).toBeGreaterThan(4)
  })

  test('in a stream that is being read', async () => {
    await using rig = await broken(({ number }) =>
      number === 1 ? { kind: 'cut-answer', afterBytes: 600_000 } : pass,
    )
    const bytes = await withFile(rig, 'k', 2 * mebibyte)
    rig.arm()
    const read = await buffer(await rig.driver.openStream(rig.artifact('k'), rig))
    expect(read.equals(bytes)).toBe(true)
    expect(rig.requests()).toHaveLength(2)
  })

  test('while one part is sent: only that part is sent again', async () => {
    const isPart = (seen: Seen, number: number): boolean =>
      seen.method === 'PUT' && seen.url.includes(`partNumber=${number}&`)
    let cut = 0
    await using rig = await broken((seen) =>
      isPart(seen, 2) && cut++ < 2 ? { kind: 'cut-request', afterBytes: mebibyte } : pass,
    )
    rig.arm()
    const bytes = await withFile(rig, 'k', 20 * mebibyte)
    const parts = rig.requests().filter(({ method, url }) => method === 'PUT' && url.includes('partNumber='))
    expect(parts).toHaveLength(5)
    const read = await buffer(await rig.driver.openStream(rig.artifact('k'), rig))
    expect(read.equals(bytes)).toBe(true)
  })

  test('before the answer to the end of an upload in parts: it counts as done', async () => {
    let lost = 0
    await using rig = await broken(({ method, url }) =>
      method === 'POST' && url.includes('uploadId=') && lost++ === 0 ? { kind: 'lose-answer' } : pass,
    )
    rig.arm()
    const bytes = await withFile(rig, 'k', 9 * mebibyte)
    expect(lost).toBe(2)
    const read = await buffer(await rig.driver.openStream(rig.artifact('k'), rig))
    expect(read.equals(bytes)).toBe(true)
  })

  test('for good, in the middle of an upload in parts: the upload is taken back', async () => {
    await using rig = await broken(({ url }) =>
      url.includes('partNumber=2&') ? { kind: 'cut-request', afterBytes: 1000 } : pass,
    )
    rig.arm()
    await expect(withFile(rig, 'k', 20 * mebibyte)).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      message: expect.stringMatching(/^failed to put file: /),
    })
    expect(rig.requests().at(-1)).toMatchObject({
      method: 'DELETE',
      url: expect.stringContaining('uploadId='),
    })
    await expect(rig.driver.stat(rig.artifact('k'), rig)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  })
})

describe('a directory', () => {
  test('of which one object fails: nothing appears', async () => {
    await using rig = await broken(({ url }) =>
      url.includes('file-7') ? { kind: 'answer', status: 403 } : pass,
    )
    mkdirSync(join(rig.folder, 'in'))
    for (let index = 0; index < 20; index++) writeFileSync(join(rig.folder, 'in', `file-${index}`), 'x')
    await rig.driver.save(rig.artifact('dir'), join(rig.folder, 'in'), rig)
    rig.arm()
    await expect(rig.driver.load(rig.artifact('dir'), join(rig.folder, 'out'), rig)).rejects.toMatchObject({
      code: 'ERR_FORBIDDEN',
      message: expect.stringMatching(/^failed to get directory: .*file-7/),
    })
    expect(readdirSync(rig.folder)).toEqual(['in'])
  })

  test.each([
    ['leads out', ['d/../../evil'], /must be relative/],
    ['leads out of the start', ['d/..'], /must be relative/],
    ['is absolute', ['d//etc/evil'], /must be relative/],
    ['holds NUL', ['d/a\u0000b'], /must be relative/],
    ['is file and folder', ['d/a', 'd/a/b'], /cannot be file and folder/],
  ])('with a key that %s: refused, nothing is written', async (_name, keys, message) => {
    await using session = openSession(store)
    const driver = await session.drivers.driverFor(session.artifact('x'))
    for (const key of keys)
      await driver.saveStream(session.artifact(key), Readable.from([Buffer.from('x')]), session)
    await expect(
      driver.load(session.artifact('d'), join(session.folder, 'in/out'), session),
    ).rejects.toMatchObject({
      code: 'ERR_UNSAFE_PATH',
      message: expect.stringMatching(message),
    })
    expect(readdirSync(session.folder, { recursive: true })).toEqual(['in'])
  })
})

describe('a directory that changes while it is loaded', () => {
  test('is torn data, not a missing artifact', async () => {
    await using rig = await broken(({ method, url }) =>
      method === 'GET' && url.includes('file-1')
        ? { kind: 'answer', status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }
        : pass,
    )
    mkdirSync(join(rig.folder, 'in'))
    for (const name of ['file-0', 'file-1']) writeFileSync(join(rig.folder, 'in', name), 'x')
    await rig.driver.save(rig.artifact('dir'), join(rig.folder, 'in'), rig)
    rig.arm()
    await expect(rig.driver.load(rig.artifact('dir'), join(rig.folder, 'out'), rig)).rejects.toMatchObject({
      code: 'ERR_TORN_DATA',
    })
  })
})

describe('what is no file', () => {
  test('a pipe is refused, not waited for', async () => {
    await using session = openSession(store)
    execFileSync('mkfifo', [join(session.folder, 'pipe')])
    const driver = await session.drivers.driverFor(session.artifact('x'))
    await expect(
      driver.save(session.artifact('x'), join(session.folder, 'pipe'), session),
    ).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' })
    await expect(
      driver.save(session.artifact('x'), join(session.folder, 'none'), session),
    ).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  })
})
