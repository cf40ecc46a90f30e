// The loop of a step or task: exactly one kind, and the `item` names it brings.

import { itemType } from '../../expression/item-string.ts'
import type { DagTask, WorkflowStep } from '../types.ts'

/** Adds the item names to `scope`; the message when the loop is malformed. */
export function checkLoop(step: WorkflowStep | DagTask, scope: Set<string>): string | undefined {
  const { withItems = [], withParam = '', withSequence } = step
  const kinds = [withItems.length > 0, withParam !== '', withSequence !== undefined].filter(Boolean).length
  if (kinds > 1) return 'only one of withItems, withParam, withSequence can be specified'
  if (kinds === 0) return undefined
  scope.add('item')
  if (withParam !== '') scope.add('item.*')
  if (withSequence?.count !== undefined && withSequence.end !== undefined) {
    return 'only one of count or end can be defined in withSequence'
  }
  for (const item of withItems) {
    if (itemType(item) === 'map') for (const key of Object.keys(item as object)) scope.add(`item.${key}`)
    // A text that is substituted later may turn into anything.
    if (typeof item === 'string' && item.includes('{{')) scope.add('item.*')
  }
  return undefined
}
