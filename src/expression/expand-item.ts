// One iteration of a loop: the name of its node, and the step or task with `{{item}}` put in.

import { itemToString, itemType, itemValue } from './item-string.ts'
import { replaceTags, type Variables } from './replace-tags.ts'
import { evaluateWhen } from './when.ts'

export interface ExpandItemInput {
  /** Name of the step or task that loops. */
  readonly name: string
  readonly index: number
  readonly item: unknown
  /** JSON text of the step or task, without its `withItems`, `withParam` or `withSequence` if they shall not be seen. */
  readonly stepJson: string
  /** Its `when`, after earlier substitutions. */
  readonly when?: string | undefined
  /** Everything else in reach. */
  readonly variables?: Variables
}

export interface ExpandedItem {
  /** `NAME(INDEX:VALUE)` */
  readonly name: string
  /** The step or task as JSON text. */
  readonly stepJson: string
}

/** Spec controller 3.4. A body that will be skipped anyway may hold tags that nobody can resolve. */
export function expandItem(input: ExpandItemInput): ExpandedItem {
  const { item } = input
  const variables = { ...input.variables, ...itemVariables(item) }
  const allowUnresolved = isStaticallyFalse(input.when ?? '')
  return {
    name: loopNodeName(input.name, input.index, describe(item)),
    stepJson: replaceTags(input.stepJson, variables, { allowUnresolved }),
  }
}

/** Parentheses of the value are left out: the name's own ones delimit it. */
function loopNodeName(name: string, index: number, value: string): string {
  return `${name}(${index}:${value.replace(/[()]/g, '')})`
}

/** `item`, and `item.KEY` for each key of a map. */
function itemVariables(item: unknown): Record<string, string> {
  const variables: Record<string, string> = { item: itemValue(item) }
  if (itemType(item) === 'map') {
    for (const [key, value] of Object.entries(item as object)) {
      variables[`item.${key}`] = typeof value === 'string' ? value : itemToString(value)
    }
  }
  return variables
}

function describe(item: unknown): string {
  switch (itemType(item)) {
    case 'map':
      return Object.entries(item as object)
        .map(([key, value]) => `${key}:${itemToString(value)}`)
        .sort()
        .join(',')
    case 'list':
      // parity: a list prints as Go prints a slice; null prints as the empty one.
      return `[${((item ?? []) as readonly unknown[]).map(itemToString).join(' ')}]`
    default:
      return itemToString(item)
  }
}

function isStaticallyFalse(when: string): boolean {
  try {
    return !evaluateWhen(when)
  } catch {
    return false
  }
}
