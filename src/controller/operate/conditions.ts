// `status.conditions` of a workflow.

import type { StatusDraft } from './operation.ts'

/** Sets a condition in its place, or adds it at the end. */
export function setCondition(status: StatusDraft, type: 'PodRunning' | 'Completed', holds: boolean): void {
  const value = holds ? 'True' : 'False'
  const conditions = status.conditions ?? []
  const index = conditions.findIndex((condition) => condition.type === type)
  if (index < 0) status.conditions = [...conditions, { type, status: value }]
  else if (conditions[index]?.status !== value)
    status.conditions = conditions.with(index, { type, status: value })
}
