// A controller that is killed at any moment comes to the same end; test/faults does it longer.

import { test } from 'vitest'
import { expectSameEndAfter } from '../../rig/killed-controller.ts'

test('a dozen kills in the middle of calls change nothing in the end', { timeout: 60_000 }, () =>
  expectSameEndAfter(12),
)
