// A controller that is killed at any of many moments comes to the same end, with one pod for each node.

import { test } from 'vitest'
import { fuzzed } from '../rig/fuzz-size.ts'
import { expectSameEndAfter } from '../rig/killed-controller.ts'

const kills = fuzzed(50)

test(
  `${kills} kills in the middle of calls change nothing in the end`,
  { timeout: 60_000 + kills * 3000 },
  () => expectSameEndAfter(kills),
)
