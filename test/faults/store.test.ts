// A store that refuses, is busy, breaks off or is slow, as the whole roles init and wait meet it.

import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { labels } from '../../src/pod/names.ts'
import type { Template } from '../../src/spec/types.ts'
import { openBuiltPod, type BuiltPod } from '../rig/built-pod.ts'
import { startFaultProxy, type Fault, type FaultProxy, type Seen } from '../rig/fault-proxy.ts'
import { describeNeeding } from '../rig/needs.ts'
import { expectWhole } from './checks.ts'

const mebibyte = 1024 * 1024
const pass: Fault = { kind: 'pass' }
const busy: Fault = { kind: 'answer', status: 503, body: '<Error><Code>SlowDown</Code></Error>' }
/** The waits between tries are not what is tested here. */
const impatient = { EXECUTOR_RETRY_BACKOFF_DURATION: '10ms', EXECUTOR_RETRY_BACKOFF_FACTOR: '1' }

function output(pod: BuiltPod, endpoint: string): Template {
  return {
    container: { image: 'i' },
    outputs: {
      parameters: [{ name: 'p', valueFrom: { path: '/out/p' } }],
      artifacts: [{ name: 'a', path: '/out/a' }],
    },
    archiveLocation: { s3: pod.s3('wf/step-1', endpoint) },
  }
}

function input(pod: BuiltPod, endpoint: string): Template {
  return {
    container: { image: 'i' },
    inputs: { artifacts: [{ name: 'in', path: '/in', s3: pod.s3('wf/step-1/a.tgz', endpoint) }] },
  }
}

const script = `mkdir /out; echo P >/out/p; head -c ${10 * mebibyte} /dev/urandom >/out/a`

/** Runs a step whose uploads go through the proxy; its exit code is wait's. */
async function produce(pod: BuiltPod, endpoint: string): Promise<number | undefined> {
  expect((await pod.init(output(pod, endpoint))).exitCode).toBe(0)
  const [ran, waited] = await Promise.all([pod.main(['sh', '-c', script]), pod.wait(impatient)])
  expect(ran.exitCode).toBe(0)
  const { outputs, metadata } = await pod.result()
  expect(metadata.labels?.[labels.reportOutputsCompleted]).toBe('true')
  expect(outputs?.parameters).toMatchObject([{ value: 'P' }])
  expect(outputs?.artifacts?.length ?? 0).toBe(waited.exitCode === 0 ? 1 : 0)
  return waited.exitCode
}

async function withProxy(
  choose: (seen: Seen) => Fault,
  use: (pod: BuiltPod, proxy: FaultProxy) => Promise<void>,
): Promise<void> {
  await using pod = await openBuiltPod()
  await using proxy = await startFaultProxy(pod.store.endpoint, choose)
  await use(pod, proxy)
}

describeNeeding({ namespaces: true, programs: ['unshare', 'chroot'] }, 'a store', () => {
  test('that is busy ten times: upload and download come through', async () => {
    let refused = 0
    await withProxy(
      () => (refused++ < 10 ? busy : pass),
      async (pod, { endpoint }) => {
        expect(await produce(pod, endpoint)).toBe(0)
        expect(refused).toBeGreaterThan(10)
        await expectWhole(pod, 'a', 10 * mebibyte)
        refused = 0
        const loaded = await pod.init(input(pod, endpoint), impatient)
        expect(loaded.exitCode, String(loaded.stderr)).toBe(0)
        expect(refused).toBeGreaterThan(10)
        expect(readFileSync(join(pod.box.volume('inputs'), 'in'))).toHaveLength(10 * mebibyte)
      },
    )
  })

  test('whose connections break half-way: both come through whole', async () => {
    let cut = 0
    await withProxy(
      ({ method }) => {
        if (cut >= 2) return pass
        cut++
        return method === 'GET'
          ? { kind: 'cut-answer', afterBytes: 3 * mebibyte }
          : { kind: 'cut-request', afterBytes: 3 * mebibyte }
      },
      async (pod, { endpoint }) => {
        expect(await produce(pod, endpoint)).toBe(0)
        await expectWhole(pod, 'a', 10 * mebibyte)
        cut = 0
        const loaded = await pod.init(input(pod, endpoint), impatient)
        expect(loaded.exitCode, String(loaded.stderr)).toBe(0)
        expect(cut).toBe(2)
        expect(readFileSync(join(pod.box.volume('inputs'), 'in'))).toHaveLength(10 * mebibyte)
      },
    )
  })

  test('whose connections always break: the step fails, and no part of the object is there', async () => {
    await withProxy(
      ({ method, url }) =>
        method === 'PUT' && url.includes('a.tgz') ? { kind: 'cut-request', afterBytes: mebibyte } : pass,
      async (pod, { endpoint }) => {
        expect(await produce(pod, endpoint)).toBe(64)
        expect(pod.box.terminationMessage('wait')).toContain('failed to put file: ')
        expect(existsSync(pod.object('wf/step-1/a.tgz'))).toBe(false)
      },
    )
  })

  test('that is not there: init and wait fail with its address, and the rest is reported', async () => {
    await using pod = await openBuiltPod()
    const endpoint = `127.0.0.1:${await closedPort()}`
    expect(await produce(pod, endpoint)).toBe(64)
    expect(pod.box.terminationMessage('wait')).toContain(`http://${endpoint}`)
    expect((await pod.init(input(pod, endpoint), impatient)).exitCode).toBe(64)
    expect(pod.box.terminationMessage('init')).toMatch(/^artifact in failed to load: /)
    expect(pod.box.terminationMessage('init')).toContain(`http://${endpoint}`)
    expect(existsSync(join(pod.box.volume('inputs'), 'in'))).toBe(false)
  })

  test('that is slow: SIGTERM while wait uploads, once and again, does not stop the upload', async () => {
    let release: (() => void) | undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let arrived: (() => void) | undefined
    const uploading = new Promise<void>((resolve) => {
      arrived = resolve
    })
    await withProxy(
      ({ method }) => {
        if (method === 'PUT' || method === 'POST') arrived?.()
        return { kind: 'hold', until: released }
      },
      async (pod, { endpoint }) => {
        expect((await pod.init(output(pod, endpoint))).exitCode).toBe(0)
        const waiting = pod.wait({ ARGO_TERMINATION_GRACE_PERIOD_SECONDS: '1' })
        expect((await pod.main(['sh', '-c', script])).exitCode).toBe(0)
        await uploading
        for (const _time of ['once', 'again']) {
          waiting.kill('SIGTERM')
          // Longer than wait would give a main that still ran.
          expect(await Promise.race([waiting, endOf(1200)])).toBeUndefined()
        }
        release?.()
        const waited = await waiting
        expect(waited.exitCode, String(waited.stderr)).toBe(0)
        expect((await pod.result()).outputs?.artifacts).toMatchObject([{ name: 'a' }])
        await expectWhole(pod, 'a', 10 * mebibyte)
      },
    )
  })

  test('that holds a torn archive: init fails, and nothing of it is left', async () => {
    await using pod = await openBuiltPod()
    expect(await produce(pod, pod.store.endpoint)).toBe(0)
    const whole = readFileSync(pod.object('wf/step-1/a.tgz'))
    writeFileSync(pod.object('wf/step-1/a.tgz'), whole.subarray(0, whole.length / 2))
    const loaded = await pod.init(input(pod, pod.store.endpoint), impatient)
    expect(loaded.exitCode).toBe(64)
    expect(pod.box.terminationMessage('init')).toMatch(/^artifact in failed to load: /)
    expect(existsSync(join(pod.box.volume('inputs'), 'in'))).toBe(false)
  })
})

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function endOf(ms: number): Promise<undefined> {
  return new Promise((resolve) => void setTimeout(() => resolve(undefined), ms))
}
