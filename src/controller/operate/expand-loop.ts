// Unfolds a step or task that loops into one for each of its items.

import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import { expandItem } from '../../expression/expand-item.ts'
import { expandSequence } from '../../expression/expand-sequence.ts'
import { parseItems } from '../../expression/item-string.ts'
import { evaluateWhen } from '../../expression/when.ts'
import type { Variables } from '../../expression/replace-tags.ts'
import type { DagTask, WorkflowStep } from '../../spec/types.ts'

export function isLoop(step: WorkflowStep | DagTask): boolean {
  return (step.withItems?.length ?? 0) > 0 || Boolean(step.withParam) || step.withSequence !== undefined
}

/** Spec controller 3.4. @throws ArgoError ERR_BAD_REQUEST when the items cannot be told. */
export function expandLoop<T extends WorkflowStep | DagTask>(step: T, variables: Variables): readonly T[] {
  // The lists may be large, and the members have no use for them.
  const { withItems: _items, withParam: _param, withSequence: _sequence, ...body } = step
  const stepJson = JSON.stringify(body)
  return itemsOf(step).map((item, index) => {
    const expanded = expandItem({ name: step.name ?? '', index, item, stepJson, when: step.when, variables })
    return { ...(JSON.parse(expanded.stepJson) as T), name: expanded.name, template: step.template }
  })
}

function itemsOf(step: WorkflowStep | DagTask): readonly unknown[] {
  if (step.withItems !== undefined && step.withItems.length > 0) return step.withItems
  try {
    if (step.withParam) return parseItems(step.withParam)
    if (step.withSequence !== undefined) return expandSequence(step.withSequence)
    return []
  } catch (error) {
    if (isSkippedAnyway(step)) return []
    if (!step.withParam) throw error
    throw new ArgoError(
      `withParam value could not be parsed as a JSON list: ${step.withParam.trim()}: ${errorMessage(error)}`,
      { code: 'ERR_BAD_REQUEST', cause: error },
    )
  }
}

function isSkippedAnyway(step: WorkflowStep | DagTask): boolean {
  try {
    return !evaluateWhen(step.when ?? '')
  } catch {
    return false
  }
}
