// Pod state to node state: the recorded vectors, and the rules that they do not show.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ContainerStatus, Pod, PodStatus } from '../../../../src/controller/pod/pod-types.ts'
import { failedReason } from '../../../../src/controller/pod-status/failed-reason.ts'
import { nodeFromPod } from '../../../../src/controller/pod-status/node-from-pod.ts'
import { parseProgress } from '../../../../src/controller/pod-status/progress.ts'
import type { NodeStatus } from '../../../../src/spec/types.ts'
import { describeNeeding } from '../../../rig/needs.ts'
import { report } from '../../../rig/report.ts'
import { sharedDir } from '../../../rig/shared.ts'

interface Vectors<I, O> {
  readonly cases: readonly { readonly in: I; readonly out: O }[]
}

function vectors<I, O>(name: string): Vectors<I, O>['cases'] {
  return (JSON.parse(readFileSync(join(sharedDir() ?? '', 'corpus/vectors', name), 'utf8')) as Vectors<I, O>)
    .cases
}

describeNeeding({ shared: true }, 'vectors', () => {
  test('node-status: every case', () => {
    const cases = vectors<{ pod: Pod; node: NodeStatus }, { changed: boolean; node: NodeStatus | null }>(
      'node-status.json',
    )
    for (const { in: given, out } of cases) {
      // The vectors leave out times: a node that had ended had one.
      const hadEnded = ['Succeeded', 'Failed', 'Error'].includes(given.node.phase ?? '')
      const before = hadEnded ? { ...given.node, finishedAt: '2026-01-01T00:00:00Z' } : given.node
      // They also leave out where the pod ran, in three cases of which the node tells it.
      const nodeName = out.node?.hostNodeName ?? given.node.hostNodeName
      const pod = nodeName === undefined ? given.pod : { ...given.pod, spec: { ...given.pod.spec, nodeName } }
      const node = nodeFromPod(pod, before)
      expect(node === undefined ? null : recorded(node), JSON.stringify(given)).toEqual(
        out.changed ? out.node : null,
      )
    }
    report(`node-status.json: ${cases.length} cases, all compared`)
  })

  test('failed-reason: every case', () => {
    const cases = vectors<{ pod: Pod }, { phase: string; message: string }>('failed-reason.json')
    for (const { in: given, out } of cases)
      expect(failedReason(given.pod), JSON.stringify(given)).toEqual(out)
    report(`failed-reason.json: ${cases.length} cases, all compared`)
  })

  test('progress: every case', () => {
    const cases = vectors<string | { progress: string }, unknown>('progress.json')
    for (const { in: given, out } of cases) {
      const text = typeof given === 'string' ? given : given.progress
      expect(parseProgress(text) !== undefined, JSON.stringify(given)).toBe(isValid(out))
    }
  })
})

function isValid(out: unknown): boolean {
  return typeof out === 'boolean' ? out : Boolean((out as { readonly valid?: boolean }).valid)
}

/** The vectors leave out times and outputs. */
function recorded({ finishedAt: _finishedAt, outputs: _outputs, ...rest }: NodeStatus): Partial<NodeStatus> {
  return rest
}

const node: NodeStatus = {
  id: 'w-1',
  name: 'w.a',
  displayName: 'a',
  type: 'Pod',
  phase: 'Running',
  progress: '0/1',
}

function pod(status: PodStatus, annotations: Readonly<Record<string, string>> = {}): Pod {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'p', annotations },
    spec: { containers: [], nodeName: 'host-1' },
    status,
  }
}

function ended(name: string, exitCode: number, finishedAt?: string, message?: string): ContainerStatus {
  const more = {
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(message === undefined ? {} : { message }),
  }
  return {
    name,
    state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', ...more } },
  }
}

describe('a node that ends', () => {
  test('takes the exit code of main, the end of the last container and the host', () => {
    const statuses = [ended('wait', 0, '2026-01-01T00:00:09Z'), ended('main', 0, '2026-01-01T00:00:05Z')]
    expect(nodeFromPod(pod({ phase: 'Succeeded', containerStatuses: statuses }), node)).toEqual({
      ...node,
      phase: 'Succeeded',
      hostNodeName: 'host-1',
      outputs: { exitCode: '0' },
      finishedAt: '2026-01-01T00:00:09Z',
    })
  })

  test('keeps its phase while wait runs, and while outputs are on their way', () => {
    const running = [{ name: 'wait', state: { running: {} } }, ended('main', 0)]
    expect(nodeFromPod(pod({ phase: 'Succeeded', containerStatuses: running }), node)?.phase).toBe('Running')
    const template = { outputs: { parameters: [{ name: 'x' }] } }
    const done = pod({ phase: 'Succeeded', containerStatuses: [ended('wait', 0), ended('main', 0)] })
    expect(nodeFromPod(done, node, { template })?.phase).toBe('Running')
    const reported = { ...node, outputs: { parameters: [{ name: 'x', value: '1' }] } }
    expect(nodeFromPod(done, reported, { template })?.phase).toBe('Succeeded')
    const optional = { outputs: { artifacts: [{ name: 'x', optional: true }] } }
    expect(nodeFromPod(done, node, { template: optional })?.phase).toBe('Succeeded')
  })

  test('loses the message of its waiting, not that of its shutdown', () => {
    const done = pod({ phase: 'Succeeded' })
    const message = 'PodInitializing'
    expect(nodeFromPod(done, { ...node, phase: 'Pending', message })?.message).toBeUndefined()
    expect(nodeFromPod(done, { ...node, message: 'workflow shutdown with strategy:  Stop' })?.message).toBe(
      'workflow shutdown with strategy:  Stop',
    )
  })

  test('does not change any more', () => {
    const done = pod({ phase: 'Succeeded', containerStatuses: [ended('wait', 0), ended('main', 0)] })
    const first = nodeFromPod(done, node, { now: new Date(0) })
    expect(first).toBeDefined()
    expect(nodeFromPod(done, first ?? node)).toBeUndefined()
  })

  test('takes progress only when it is one', () => {
    const annotation = 'workflows.argoproj.io/progress'
    expect(nodeFromPod(pod({ phase: 'Running' }, { [annotation]: '3/10' }), node)?.progress).toBe('3/10')
    expect(nodeFromPod(pod({ phase: 'Running' }, { [annotation]: '11/10' }), node)?.progress).toBe('0/1')
  })
})

describe('why a pod failed', () => {
  test.for([
    [
      'its own message',
      pod({ message: 'Pod was evicted', containerStatuses: [ended('main', 1)] }),
      'Failed',
      'Pod was evicted',
    ],
    [
      'init before main',
      pod({
        initContainerStatuses: [ended('init', 64, undefined, 'no artifact')],
        containerStatuses: [ended('main', 1)],
      }),
      'Error',
      'init: Error (exit code 64): no artifact',
    ],
    [
      'main before wait',
      pod({ containerStatuses: [ended('wait', 64), ended('main', 3)] }),
      'Failed',
      'main: Error (exit code 3)',
    ],
    [
      'wait',
      pod({ containerStatuses: [ended('wait', 64), ended('main', 0)] }),
      'Error',
      'wait: Error (exit code 64)',
    ],
    [
      'main by a signal',
      pod({ containerStatuses: [ended('wait', 0), ended('main', 137)] }),
      'Failed',
      'main: Error (exit code 137)',
    ],
    [
      'a sidecar',
      pod({ containerStatuses: [ended('wait', 0), ended('main', 0), ended('side', 2)] }),
      'Failed',
      'side: Error (exit code 2)',
    ],
    [
      'a sidecar that was ended',
      pod({ containerStatuses: [ended('wait', 0), ended('main', 0), ended('side', 143)] }),
      'Succeeded',
      '',
    ],
    ['nothing', pod({}), 'Failed', 'pod failed: neither main nor wait container completed successfully'],
    [
      'no main',
      pod({ containerStatuses: [ended('wait', 0)] }),
      'Failed',
      'pod failed: main container did not complete successfully',
    ],
  ] as const)('%s', ([, given, phase, message]) => {
    expect(failedReason(given)).toEqual({ phase, message })
  })
})

describe('what a pod waits for', () => {
  test('the first waiting container, else the scheduler', () => {
    const waiting = { name: 'main', state: { waiting: { reason: 'ErrImagePull', message: 'no such image' } } }
    const unscheduled = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/1 nodes',
    }
    const pending = { ...node, phase: 'Pending' as const }
    expect(
      nodeFromPod(pod({ phase: 'Pending', containerStatuses: [waiting], conditions: [unscheduled] }), pending)
        ?.message,
    ).toBe('ErrImagePull: no such image')
    expect(nodeFromPod(pod({ phase: 'Pending', conditions: [unscheduled] }), pending)?.message).toBe(
      'Unschedulable: 0/1 nodes',
    )
  })
})
