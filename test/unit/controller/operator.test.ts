// Rules of a pass that no vector shows: what it asks for, what it waits for, what it ends.

import { describe, expect, test } from 'vitest'
import { reconcile } from '../../../src/controller/operate/reconcile.ts'
import type { ReconcileInput, ReconcileOutcome } from '../../../src/controller/operate/reconcile-types.ts'
import type { ContainerStatus, Pod } from '../../../src/controller/pod/pod-types.ts'
import type { Template, Workflow, WorkflowSpec, WorkflowTaskResult } from '../../../src/spec/types.ts'

const start = new Date('2026-01-02T03:04:05.600Z')
const command: Template = { name: 'cmd', container: { image: 'busybox', command: ['sh'] } }

function workflow(spec: Partial<WorkflowSpec>): Workflow {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'w', namespace: 'argo', uid: 'u', resourceVersion: '1' },
    spec: { entrypoint: 'cmd', templates: [command], ...spec },
  }
}

function pass(of: Workflow, more: Partial<ReconcileInput> = {}): ReconcileOutcome {
  return reconcile({
    workflow: of,
    pods: new Map(),
    taskResults: [],
    parameterConfigMap: () => undefined,
    config: {},
    executor: { image: 'executor', log: { level: 'info', format: 'text' } },
    now: start,
    ...more,
  })
}

function seconds(after: number): Date {
  return new Date(start.getTime() + after * 1000)
}

/** The pods that a pass asked for, with this status. */
function podsOf({ podsToCreate }: ReconcileOutcome, status: Pod['status']): Map<string, Pod> {
  return new Map(podsToCreate.map(({ nodeId, pod }) => [nodeId, { ...pod, ...(status && { status }) }]))
}

function ended(phase: 'Succeeded' | 'Failed', wait: number): Pod['status'] {
  const end = (name: string, exitCode: number): ContainerStatus => ({
    name,
    state: { terminated: { exitCode } },
  })
  return { phase, containerStatuses: [end('wait', wait), end('main', 0)] }
}

function report(nodeId: string, completed: boolean): WorkflowTaskResult {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTaskResult',
    metadata: {
      name: nodeId,
      labels: { 'workflows.argoproj.io/report-outputs-completed': String(completed) },
    },
    outputs: { result: 'text' },
  }
}

test('the input is not touched, and the same input gives the same answer', () => {
  const of = workflow({})
  const before = structuredClone(of)
  const first = pass(of)
  expect(of).toEqual(before)
  expect(pass(of)).toEqual(first)
})

test('a second pass over the same state changes nothing and asks for nothing', () => {
  const first = pass(workflow({}))
  const second = pass(first.workflow, { pods: podsOf(first, { phase: 'Pending' }) })
  const third = pass(second.workflow, { pods: podsOf(first, { phase: 'Pending' }) })
  expect([third.changed, third.podsToCreate]).toEqual([false, []])
})

describe('reports of the executor', () => {
  test('a pod that ended well is believed when its report is here', () => {
    const first = pass(workflow({}))
    const pods = podsOf(first, ended('Succeeded', 0))
    const without = pass(first.workflow, { pods })
    expect([without.taskResultsToLookUp, without.fulfilled]).toEqual([['w'], false])
    const incomplete = pass(first.workflow, { pods, taskResults: [report('w', false)] })
    expect(incomplete.fulfilled).toBe(false)
    const complete = pass(first.workflow, { pods, taskResults: [report('w', true)] })
    expect(complete.workflow.status).toMatchObject({
      phase: 'Succeeded',
      nodes: { w: { outputs: { result: 'text', exitCode: '0' } } },
    })
  })

  test('of an executor that failed no report is waited for', () => {
    const first = pass(workflow({}))
    const failed = pass(first.workflow, {
      pods: podsOf(first, ended('Failed', 64)),
      taskResults: [report('w', false)],
    })
    expect(failed.workflow.status).toMatchObject({ phase: 'Error', nodes: { w: { taskResultSynced: true } } })
  })

  test('a report that nobody can complete any more is given up after a time', () => {
    const first = pass(workflow({}))
    const running = pass(first.workflow, {
      pods: podsOf(first, { phase: 'Running' }),
      taskResults: [report('w', false)],
    })
    const gone = pass(running.workflow, {
      missingPods: new Set(['w']),
      taskResults: [report('w', false)],
      now: seconds(60),
    })
    expect(gone.fulfilled).toBe(false)
    const soon = pass(gone.workflow, { taskResults: [report('w', false)], now: seconds(120) })
    expect([soon.fulfilled, (soon.wakeUpAfterMs ?? Infinity) < 120_000]).toEqual([false, true])
    const late = pass(gone.workflow, { taskResults: [report('w', false)], now: seconds(60 + 121) })
    expect(late.workflow.status).toMatchObject({ phase: 'Error', message: 'pod deleted' })
  })
})

describe('pods that are not there', () => {
  const running = (): Workflow => {
    const first = pass(workflow({}))
    return pass(first.workflow, { pods: podsOf(first, { phase: 'Running' }) }).workflow
  }

  test('a young node waits for the watch, an older one asks for its pod by name', () => {
    expect(pass(running(), { now: seconds(5) })).toMatchObject({
      podsToLookUp: [],
      wakeUpAfterMs: expect.any(Number) as number,
    })
    expect(pass(running(), { now: seconds(11) }).podsToLookUp).toEqual([{ nodeId: 'w', podName: 'w' }])
  })

  test('only what the API does not know is deleted', () => {
    const outcome = pass(running(), { now: seconds(11), missingPods: new Set(['w']) })
    expect(outcome.workflow.status).toMatchObject({
      phase: 'Error',
      nodes: { w: { phase: 'Error', message: 'pod deleted' } },
    })
  })

  test('a node that waits gets its pod again', () => {
    const first = pass(workflow({}))
    expect(pass(first.workflow, { now: seconds(60) }).podsToCreate.map(({ nodeId }) => nodeId)).toEqual(['w'])
  })
})

test('a pod that is being set up for long gets the reason onto its node, and goes on waiting', () => {
  const first = pass(workflow({}))
  const waiting: ContainerStatus = { name: 'main', state: { waiting: { reason: 'PodInitializing' } } }
  const pods = podsOf(first, { phase: 'Pending', containerStatuses: [waiting] })
  const young = pass(first.workflow, { pods, now: seconds(20) })
  expect([young.podsToExplain.length, young.workflow.status?.nodes?.['w']?.message]).toEqual([
    0,
    'PodInitializing',
  ])
  const old = pass(young.workflow, { pods, now: seconds(31) })
  expect(old.podsToExplain.map(({ nodeId }) => nodeId)).toEqual(['w'])
  const podHints = new Map([['w', 'FailedMount: secret "x" not found']])
  const told = pass(young.workflow, { pods, now: seconds(31), podHints })
  expect(told.workflow.status?.nodes?.['w']).toMatchObject({
    phase: 'Pending',
    message: 'PodInitializing: FailedMount: secret "x" not found',
  })
  expect(pass(told.workflow, { pods, now: seconds(61), podHints }).changed).toBe(false)
})

test('a pod that is there before its node is not asked for again, and looked at at once', () => {
  const first = pass(workflow({}))
  const again = pass(workflow({}), {
    pods: podsOf(first, ended('Succeeded', 0)),
    taskResults: [report('w', true)],
  })
  expect([again.podsToCreate, again.wakeUpAfterMs]).toEqual([[], 0])
  const next = pass(again.workflow, {
    pods: podsOf(first, ended('Succeeded', 0)),
    taskResults: [report('w', true)],
  })
  expect(next.workflow.status?.phase).toBe('Succeeded')
})

describe('answers to creates', () => {
  test('one that may succeed later leaves the node Pending, any other ends it', () => {
    const of = workflow({})
    const later = pass(of, { podFailures: new Map([['w', { message: 'exceeded quota', retryable: true }]]) })
    expect(later.workflow.status).toMatchObject({
      phase: 'Running',
      nodes: { w: { phase: 'Pending', message: 'exceeded quota' } },
    })
    const never = pass(of, { podFailures: new Map([['w', { message: 'forbidden', retryable: false }]]) })
    expect(never.workflow.status).toMatchObject({
      phase: 'Error',
      nodes: { w: { phase: 'Error', message: 'forbidden' } },
    })
  })
})

describe('deadline', () => {
  test('counts from the start in whole seconds, and wakes the controller', () => {
    const first = pass(workflow({ activeDeadlineSeconds: 10 }))
    expect(first.wakeUpAfterMs).toBe(9_401)
    const over = pass(first.workflow, { pods: podsOf(first, { phase: 'Running' }), now: seconds(10) })
    expect(over.podsToTerminate).toHaveLength(1)
    expect(over.workflow.status).toMatchObject({ phase: 'Failed', message: 'Step exceeded its deadline' })
  })

  test('does not hold for the exit handler', () => {
    const bye: Template = { ...command, name: 'bye' }
    const first = pass(workflow({ activeDeadlineSeconds: 10, onExit: 'bye', templates: [command, bye] }))
    const over = pass(first.workflow, { pods: podsOf(first, { phase: 'Pending' }), now: seconds(11) })
    expect(
      over.podsToCreate.map(({ pod }) => pod.metadata.labels?.['workflows.argoproj.io/on-exit']),
    ).toEqual(['true'])
    expect(over.podsToCreate[0]?.pod.spec.activeDeadlineSeconds).toBeUndefined()
  })
})

describe('shutdown', () => {
  const bye: Template = { ...command, name: 'bye' }
  const spec = { onExit: 'bye', templates: [command, bye] }

  test.each([
    ['Stop', 1],
    ['Terminate', 0],
  ] as const)('%s runs %d exit handlers', (shutdown, handlers) => {
    const first = pass(workflow(spec))
    const stopped = pass(
      { ...first.workflow, spec: { ...first.workflow.spec, shutdown } },
      { pods: podsOf(first, { phase: 'Running' }) },
    )
    expect(stopped.podsToTerminate).toHaveLength(1)
    expect(stopped.podsToCreate).toHaveLength(handlers)
    expect(stopped.workflow.status?.nodes?.['w']).toMatchObject({
      phase: 'Failed',
      message: `workflow shutdown with strategy:  ${shutdown}`,
    })
  })
})

test('fields that nobody knows are written back', () => {
  const of = { ...workflow({}), extra: { kept: true }, status: { unknown: 1 } } as unknown as Workflow
  expect(pass(of).workflow).toMatchObject({ extra: { kept: true }, status: { unknown: 1 } })
})

test('a chain of thousands of tasks does not exhaust the stack', () => {
  const tasks = Array.from({ length: 5_000 }, (_, i) => ({
    name: `t${i}`,
    template: 'cmd',
    ...(i > 0 && { depends: `t${i - 1}` }),
  }))
  const first = pass(workflow({ entrypoint: 'main', templates: [{ name: 'main', dag: { tasks } }, command] }))
  expect(first.podsToCreate.map(({ nodeId }) => first.workflow.status?.nodes?.[nodeId]?.displayName)).toEqual(
    ['t0'],
  )
})

test('a wide loop asks for its pods in portions, and comes back at once for more', () => {
  const step = { name: 'each', template: 'cmd', withSequence: { count: '1200' } }
  const first = pass(
    workflow({ entrypoint: 'main', templates: [{ name: 'main', steps: [[step]] }, command] }),
  )
  expect([first.podsToCreate.length, first.wakeUpAfterMs]).toEqual([500, 0])
  const pods = podsOf(first, { phase: 'Pending' })
  const second = pass(first.workflow, { pods })
  expect(second.podsToCreate).toHaveLength(500)
  const third = pass(second.workflow, { pods: new Map([...pods, ...podsOf(second, { phase: 'Pending' })]) })
  expect([third.podsToCreate.length, third.wakeUpAfterMs]).toEqual([200, undefined])
})

test('templates that call each other for ever end in an error', () => {
  const loop: Template = { name: 'loop', steps: [[{ name: 'again', template: 'loop' }]] }
  const { workflow: after } = pass(workflow({ entrypoint: 'loop', templates: [loop] }))
  expect(after.status?.phase).toMatch(/Failed|Error/)
  expect(JSON.stringify(after.status)).toContain('Maximum recursion depth exceeded')
})
