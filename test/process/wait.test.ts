// How wait notices main's end, whatever way it comes, and tells the API.

import { readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { put, startWaitRig, type WaitRig } from '../rig/wait-rig.ts'

const collection = '/apis/argoproj.io/v1alpha1/namespaces/ns/workflowtaskresults'
const container = { image: 'i' }
let rig: WaitRig

beforeEach(async () => {
  rig = await startWaitRig()
})

afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

test('the three bodies of a step with parameters, as the API sees them', async () => {
  put(rig.staged('parameters', 'tmp/p'), 'value\n\n')
  rig.startMain().exit(0)
  const outputs = {
    parameters: [
      { name: 'p', valueFrom: { path: '/tmp/p' } },
      { name: 'd', valueFrom: { path: '/gone', default: 'fallback\n' } },
    ],
  }
  expect(await rig.run({ container, outputs })).toBe(0)
  expect(rig.api.requests).toEqual([
    {
      method: 'POST',
      path: collection,
      contentType: 'application/json',
      body: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'WorkflowTaskResult',
        metadata: {
          name: 'wf1-99',
          labels: {
            'workflows.argoproj.io/workflow': 'wf1',
            'workflows.argoproj.io/report-outputs-completed': 'false',
          },
          ownerReferences: [
            { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name: 'wf1', uid: 'uid-1' },
          ],
        },
      },
    },
    {
      method: 'PATCH',
      path: `${collection}/wf1-99`,
      contentType: 'application/merge-patch+json',
      body: {
        outputs: {
          parameters: [
            { name: 'p', valueFrom: { path: '/tmp/p' }, value: 'value\n' },
            { name: 'd', valueFrom: { path: '/gone', default: 'fallback\n' }, value: 'fallback' },
          ],
        },
      },
    },
    {
      method: 'PATCH',
      path: `${collection}/wf1-99`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { 'workflows.argoproj.io/report-outputs-completed': 'true' } } },
    },
  ])
  expect(rig.termination()).toBe('')
})

test('main killed with SIGKILL is noticed within 100 ms; what was staged is reported', async () => {
  put(rig.staged('parameters', 'p'), 'P')
  const main = rig.startMain()
  const done = rig.run({
    container,
    outputs: {
      parameters: [
        { name: 'p', valueFrom: { path: '/p' } },
        { name: 'q', valueFrom: { path: '/q' } },
      ],
    },
  })
  await rig.api.seen((request) => request.method === 'POST')
  const killed = performance.now()
  main.die()
  expect(await done).toBe(64)
  expect(performance.now() - killed).toBeLessThan(500)
  expect(rig.termination()).toBe('main was killed (signal 9)')
  expect(rig.api.requests[1]?.body).toMatchObject({
    outputs: { parameters: [{ name: 'p', value: 'P' }, { name: 'q' }] },
  })
})

test('wait may start before main', async () => {
  const done = rig.run({ container })
  await rig.api.seen((request) => request.method === 'POST')
  rig.startMain().exit(0)
  expect(await done).toBe(0)
  expect(rig.api.requests[1]?.body).toEqual({ outputs: {} })
})

test('the deadline stops main: TERM, the grace period, KILL', async () => {
  const main = rig.startMain()
  const signals: string[] = []
  const watcher = watch(rig.mailbox, (_event, name) => {
    if (name !== 'signal') return
    const number = readFileSync(join(rig.mailbox, 'signal'), 'utf8')
    if (signals.at(-1) !== number) signals.push(number)
    if (number === '9') main.exit(137)
  })
  try {
    const env = {
      ARGO_DEADLINE: new Date(Date.now() + 200).toISOString(),
      ARGO_TERMINATION_GRACE_PERIOD_SECONDS: '1',
    }
    expect(await rig.run({ container }, env)).toBe(0)
  } finally {
    watcher.close()
  }
  expect(signals).toEqual(['15', '9'])
  expect(rig.termination()).toBe('Step exceeded its deadline')
})

test('SIGTERM while main runs: its outputs are still waited for', async () => {
  put(rig.staged('parameters', 'p'), 'early')
  const terminate = new AbortController()
  const main = rig.startMain()
  const done = rig.run(
    { container, outputs: { parameters: [{ name: 'p', valueFrom: { path: '/p' } }] } },
    {},
    terminate.signal,
  )
  await rig.api.seen((request) => request.method === 'POST')
  terminate.abort()
  put(rig.staged('parameters', 'p'), 'late')
  main.exit(143)
  expect(await done).toBe(0)
  expect(rig.api.requests[1]?.body).toMatchObject({ outputs: { parameters: [{ value: 'late' }] } })
})

test('SIGTERM and a main that never starts: wait does not use up the grace period', async () => {
  const terminated = AbortSignal.abort()
  const before = performance.now()
  expect(await rig.run({ container }, { ARGO_TERMINATION_GRACE_PERIOD_SECONDS: '3' }, terminated)).toBe(0)
  expect(performance.now() - before).toBeLessThan(2000)
  expect(rig.api.requests).toHaveLength(3)
})

test('SIGTERM and a main that does not end: wait collects before the grace period is over', async () => {
  const terminate = new AbortController()
  const main = rig.startMain()
  terminate.abort()
  expect(await rig.run({ container }, { ARGO_TERMINATION_GRACE_PERIOD_SECONDS: '1' }, terminate.signal)).toBe(
    0,
  )
  main.exit(0)
  expect(rig.api.requests).toHaveLength(3)
})

test('an API that is away loses nothing', async () => {
  rig.startMain().exit(0)
  await rig.api.close()
  const done = rig.run({ container, outputs: { parameters: [] } })
  while (!rig.pod.lines.join('').includes('trying again'))
    await new Promise((resolve) => setImmediate(resolve))
  await rig.api.open()
  rig.api.failNext(503, 0)
  expect(await done).toBe(0)
  expect(rig.api.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH'])
})

test('without the right to write task results it says what to do, and tries once', async () => {
  rig.startMain().exit(0)
  rig.api.failNext(403, 403, 403)
  expect(await rig.run({ container })).toBe(64)
  expect(rig.termination()).toContain('rig says 403')
  expect(rig.pod.lines.join('')).toContain('workflow-rbac')
})
