// Whether the standard output of a node is wanted: somebody in its template refers to `outputs.result` of it.

import type { Template } from '../../spec/types.ts'

/**
 * `displayName` is the node's name within `parent`: `gen`, or `gen(3:x)` in a loop. The root of a workflow has no parent
 * and nobody who could ask (spec controller 3.1).
 */
export function includesResult(displayName: string, parent: Template | undefined): boolean {
  if (parent === undefined) return false
  const name = memberOf(displayName)
  return referencesOf(parent).has(name)
}

/** The step or task that a display name belongs to, without the part that a loop added. */
function memberOf(displayName: string): string {
  const loop = displayName.indexOf('(')
  return loop < 0 ? displayName : displayName.slice(0, loop)
}

const cache = new WeakMap<Template, ReadonlySet<string>>()

/** Names `x` of `steps.x.outputs.result` or `tasks['x'].outputs.result` in the text of the template. */
function referencesOf(parent: Template): ReadonlySet<string> {
  const known = cache.get(parent)
  if (known !== undefined) return known
  const found = new Set<string>()
  const pattern = /(?:steps|tasks)(?:\.([\w-]+)|\['([\w-]+)'\])\.outputs\.result/g
  for (const [, plain, quoted] of JSON.stringify(parent).matchAll(pattern)) found.add(plain ?? quoted ?? '')
  cache.set(parent, found)
  return found
}
