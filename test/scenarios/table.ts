// One table of scenarios, run by the laptop and by a real cluster with the same built program: the examples, the rules of
// a workflow, and the faults that must end well.

import { artifacts } from './artifacts.ts'
import { dags } from './dags.ts'
import { endings } from './endings.ts'
import { examples } from './examples.ts'
import { faults } from './faults.ts'
import { loops } from './loops.ts'
import { parameters } from './parameters.ts'
import { pods } from './pods.ts'
import type { Scenario } from './scenario.ts'

// The faults have the longest waits, so they begin while others run.
export const scenarios: readonly Scenario[] = [
  ...faults,
  ...examples,
  ...dags,
  ...loops,
  ...parameters,
  ...artifacts,
  ...pods,
  ...endings,
]
