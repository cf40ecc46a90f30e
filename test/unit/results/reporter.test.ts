// The reporter against a real HTTP API that answers as a cluster does, also when it does not answer well.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { createKubeClient, type KubeClient } from '../../../src/kube/rest-client.ts'
import { createLogger } from '../../../src/log/logger.ts'
import { Reporter } from '../../../src/results/reporter.ts'
import { startTaskResultApi, type TaskResultApi } from '../../rig/task-result-api.ts'

const owner = { nodeId: 'n', workflowName: 'wf', workflowUid: 'u', instanceId: 'mine' }
const backoff = { durationMs: 1, factor: 2, jitter: 0, steps: 5, capMs: 20 }
const labels = {
  'workflows.argoproj.io/workflow': 'wf',
  'workflows.argoproj.io/report-outputs-completed': 'false',
  'workflows.argoproj.io/controller-instanceid': 'mine',
}

let api: TaskResultApi
let client: KubeClient
const lines: string[] = []

beforeEach(async () => {
  lines.length = 0
  api = await startTaskResultApi()
  client = createKubeClient({ server: api.url })
})

afterEach(async () => {
  client.close()
  await api[Symbol.asyncDispose]()
})

function reporter(signal = new AbortController().signal): Reporter {
  const log = createLogger({ write: (line) => void lines.push(line) })
  return new Reporter({ api: client, namespace: 'ns', owner, log, signal, backoff })
}

test('calls go out in the order in which they were made', async () => {
  const one = reporter()
  await Promise.all([
    one.begin(),
    one.reportProgress('1/2'),
    one.reportOutputs({ result: 'r' }),
    one.complete(),
  ])
  expect(api.requests.map(({ method, body }) => [method, body])).toMatchObject([
    ['POST', { metadata: { name: 'n', labels } }],
    ['PATCH', { progress: '1/2' }],
    ['PATCH', { outputs: { result: 'r' } }],
    ['PATCH', { metadata: { labels: { 'workflows.argoproj.io/report-outputs-completed': 'true' } } }],
  ])
})

test('without a begin the outputs go out with the object', async () => {
  await reporter().reportOutputs({ result: 'r' })
  expect(api.requests.map(({ method, body }) => [method, body])).toMatchObject([
    ['POST', { metadata: { labels }, outputs: { result: 'r' } }],
  ])
})

test('an object that is there already is taken over', async () => {
  await reporter().begin()
  await reporter().reportOutputs({ result: 'again' })
  expect(api.requests[1]).toMatchObject({
    method: 'PATCH',
    body: { metadata: { labels }, outputs: { result: 'again' } },
  })
})

test('an answer that was lost is asked for again', async () => {
  api.failNext(0, 503, 429)
  await reporter().begin()
  expect(api.requests).toHaveLength(1)
  expect(lines.filter((line) => line.includes('trying again'))).toHaveLength(3)
})

test('an object that vanished is made again for outputs, and not for the completion', async () => {
  const one = reporter()
  await one.begin()
  api.forget('n')
  await one.reportOutputs({ result: 'r' })
  expect(api.requests.at(-1)).toMatchObject({ method: 'POST', body: { outputs: { result: 'r' } } })
  api.forget('n')
  await one.complete()
  expect(lines.join('')).toContain('the task result is gone')
})

test('attempts end: by their number, and by the signal', async () => {
  api.failNext(503, 503, 503, 503, 503, 503)
  await expect(reporter().begin()).rejects.toThrow('rig says 503')
  await expect(reporter(AbortSignal.abort(new Error('enough'))).begin()).rejects.toThrow('enough')
})

test('one failure does not stop what comes after it', async () => {
  const one = reporter()
  api.failNext(403)
  await expect(one.begin()).rejects.toThrow('rig says 403')
  await one.reportOutputs({ result: 'r' })
  expect(api.requests).toHaveLength(1)
})
