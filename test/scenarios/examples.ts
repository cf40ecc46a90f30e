// Every file of examples/, which all end as they say.

import type { Scenario } from './scenario.ts'

export const examples: readonly Scenario[] = [
  { name: 'hello', workflow: 'hello.yaml', phase: 'Succeeded' },
  { name: 'parameters', workflow: 'parameters.yaml', phase: 'Succeeded' },
  { name: 'script result', workflow: 'script-result.yaml', phase: 'Succeeded' },
  { name: 'artifact passing', workflow: 'artifact-passing.yaml', phase: 'Succeeded' },
  { name: 'steps', workflow: 'steps.yaml', phase: 'Succeeded' },
  { name: 'dag', workflow: 'dag.yaml', phase: 'Succeeded' },
  { name: 'loops', workflow: 'loops.yaml', phase: 'Succeeded' },
  { name: 'conditionals', workflow: 'conditionals.yaml', phase: 'Succeeded' },
  { name: 'exit handler', workflow: 'exit-handler.yaml', phase: 'Succeeded' },
  { name: 'secrets and config maps', workflow: 'secrets-and-configmaps.yaml', phase: 'Succeeded' },
  { name: 'a failing step', workflow: 'failing-step.yaml', phase: 'Failed', message: /./ },
]
