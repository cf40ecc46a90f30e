// The phase of a pod that follows from the states of its containers.

import { describe, expect, test } from 'vitest'
import type { ContainerState, Pod } from '../../../../src/local/engine/pod.ts'
import { createPodState } from '../../../../src/local/engine/pod-state.ts'

const pod: Pod = {
  metadata: { name: 'p', uid: 'u' },
  spec: { initContainers: [{ name: 'init' }], containers: [{ name: 'wait' }, { name: 'main' }] },
}
const ended = (exitCode: number): ContainerState => ({
  terminated: { exitCode, reason: '', startedAt: '', finishedAt: '' },
})
const running: ContainerState = { running: { startedAt: '' } }

describe('phase of a pod', () => {
  test.each<[string, Record<string, ContainerState>]>([
    ['Pending', {}],
    ['Pending', { init: running }],
    ['Failed', { init: ended(64) }],
    ['Pending', { init: ended(0) }],
    ['Running', { init: ended(0), wait: running }],
    ['Running', { init: ended(0), wait: running, main: ended(1) }],
    ['Failed', { init: ended(0), wait: ended(0), main: ended(1) }],
    ['Succeeded', { init: ended(0), wait: ended(0), main: ended(0) }],
  ])('%s: %j', (phase, states) => {
    const state = createPodState(pod, () => undefined)
    for (const [name, value] of Object.entries(states)) state.set(name, value)
    expect(state.status().phase).toBe(phase)
  })

  test('a failed pod is told when its last container has ended, with the reason at once', () => {
    const state = createPodState(pod, () => undefined)
    state.set('main', running)
    state.fail('DeadlineExceeded', 'too long')
    expect(state.status().phase).toBe('Running')
    expect(state.status()).not.toHaveProperty('reason')
    state.set('main', ended(143))
    expect(state.status()).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', message: 'too long' })
  })

  test('a pod for another machine waits, and says so as a scheduler does', () => {
    const state = createPodState(pod, () => undefined)
    state.unschedulable('no such machine')
    expect(state.status()).toEqual({
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no such machine' },
      ],
      qosClass: 'BestEffort',
    })
    state.fail('Stopped', 'the pod was stopped')
    expect(state.status()).toMatchObject({ phase: 'Failed', reason: 'Stopped' })
  })

  test('the first reason of a failure stays', () => {
    const state = createPodState(pod, () => undefined)
    state.fail('DeadlineExceeded', 'too long')
    state.fail('Stopped', 'stopped')
    expect(state.status()).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', message: 'too long' })
  })
})
