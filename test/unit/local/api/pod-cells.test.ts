// The row of a pod, and ages, as `kubectl get pods` shows them.

import { expect, test } from 'vitest'
import { humanDuration } from '../../../../src/local/api/human-duration.ts'
import { podCells, type PrintedPod } from '../../../../src/local/api/pod-cells.ts'

type Status = NonNullable<PrintedPod['status']>

function cells(status: Status, more: Partial<PrintedPod['metadata']> = {}): readonly string[] {
  const metadata = { name: 'p', creationTimestamp: '2026-01-01T00:00:00Z', ...more }
  const spec = { containers: [{}, {}], initContainers: [{}] }
  return podCells({ metadata, spec, status }, new Date('2026-01-01T00:05:07Z'))
}

const done = { state: { terminated: { exitCode: 0, reason: 'Completed' } } }
const running = { ready: true, state: { running: {} } }
const failed = { restartCount: 2, state: { terminated: { exitCode: 3, reason: 'Error' } } }

test.each<readonly [string, Status, string]>([
  ['nothing yet', { phase: 'Pending' }, '0/2 Pending 0'],
  [
    'an init container at work',
    { phase: 'Pending', initContainerStatuses: [{ state: { running: {} } }] },
    '0/2 Init:0/1 0',
  ],
  ['a failed init container', { phase: 'Failed', initContainerStatuses: [failed] }, '0/2 Init:Error 2'],
  [
    'all at work',
    { phase: 'Running', initContainerStatuses: [done], containerStatuses: [running, running] },
    '2/2 Running 0',
  ],
  ['one has ended', { phase: 'Running', containerStatuses: [done, running] }, '1/2 Running 0'],
  ['all have ended', { phase: 'Succeeded', containerStatuses: [done, done] }, '0/2 Completed 0'],
  ['one has failed', { phase: 'Failed', containerStatuses: [failed, done] }, '0/2 Error 2'],
  [
    'a signal',
    { phase: 'Failed', containerStatuses: [{ state: { terminated: { signal: 9 } } }] },
    '0/2 Signal:9 0',
  ],
  [
    'an image that is not there',
    { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ErrImagePull' } } }] },
    '0/2 ErrImagePull 0',
  ],
])('%s', (_name, status, expected) => {
  expect(cells(status).join(' ')).toBe(`p ${expected} 5m7s`)
})

test('a pod that is being deleted, and one without a time', () => {
  expect(cells({ phase: 'Running' }, { deletionTimestamp: '2026-01-01T00:00:01Z' })[2]).toBe('Terminating')
  expect(podCells({ metadata: { name: 'p' } }, new Date())).toEqual(['p', '0/0', 'Unknown', '0', '<unknown>'])
})

test.each([
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [599, '9m59s'],
  [3599, '59m'],
  [3 * 3600 + 60, '3h1m'],
  [30 * 3600, '30h'],
  [50 * 3600, '2d2h'],
  [100 * 86400, '100d'],
  [800 * 86400, '2y70d'],
  [4000 * 86400, '10y'],
])('%d seconds are %s', (seconds, text) => {
  expect(humanDuration(seconds)).toBe(text)
})
