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

  test('the first reason of a failure stays', () => {
    const state = createPodState(pod, () => undefined)
    state.fail('DeadlineExceeded', 'too long')
    state.fail('Stopped', 'stopped')
    expect(state.status()).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', message: 'too long' })
  })
})
