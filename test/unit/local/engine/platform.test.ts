// Which node selectors a laptop can satisfy.

import { arch } from 'node:os'
import { expect, test } from 'vitest'
import { platformMismatch } from '../../../../src/local/engine/platform.ts'

const mine = arch() === 'x64' ? 'amd64' : arch()

test.each([
  {},
  { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': mine },
  { 'beta.kubernetes.io/os': 'linux', 'beta.kubernetes.io/arch': mine },
  { 'cloud.google.com/gke-nodepool': 'big', 'kubernetes.io/hostname': 'node-7', disk: 'ssd' },
])('%j can run here', (selector) => {
  expect(platformMismatch(selector)).toBeUndefined()
})

test.each(['kubernetes.io/os', 'kubernetes.io/arch', 'beta.kubernetes.io/os', 'beta.kubernetes.io/arch'])(
  'another %s is told with what is here',
  (label) => {
    const found = label.endsWith('os') ? 'linux' : mine
    expect(platformMismatch({ pool: 'x', [label]: 'other' })).toBe(
      `0/1 nodes are available: this machine has ${label}=${found}, the pod selects other`,
    )
  },
)
