// `continueOn`: which failures of a step or task are none for those that come after.

import type { ContinueOn, NodePhase } from '../../spec/types.ts'

export function continues(continueOn: ContinueOn | undefined, phase: NodePhase | undefined): boolean {
  return (
    (phase === 'Error' && continueOn?.error === true) || (phase === 'Failed' && continueOn?.failed === true)
  )
}
