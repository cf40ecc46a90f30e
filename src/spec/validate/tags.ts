// Finds the `{{tags}}` of a value that nothing will resolve.

import { nearest } from '../../util/nearest.ts'
import { visitTexts } from '../visit-texts.ts'

/** Names in reach: a set, or something that answers like one. A name that ends with `*` stands for all that begin so. */
export interface Scope {
  readonly has: (name: string) => boolean
  /** For suggestions. */
  readonly [Symbol.iterator]: () => Iterator<string>
}

export interface UnresolvedTag {
  readonly path: string
  /** As written, spaces included. */
  readonly tag: string
  readonly near?: string
}

/** parity: other first words are left to whoever reads the text, such as a shell or a Go template. */
const checkedPrefixes = ['item.', 'steps.', 'inputs.', 'outputs.', 'pod.', 'workflow.', 'tasks.']

/** Known only when the workflow runs. */
const laterPrefixes = [
  'outputs.',
  'workflow.creationTimestamp',
  'workflow.scheduledTime',
  'workflow.duration',
  'tasks.name',
  'steps.name',
  'node.name',
]

export function unresolvedTags(value: unknown, path: string, scope: Scope): readonly UnresolvedTag[] {
  const found: UnresolvedTag[] = []
  visitTexts(value, path, (text, at) => {
    for (const [, tag = ''] of text.matchAll(/\{\{(.*?)\}\}/gs)) {
      if (isResolvable(tag.trim(), scope)) continue
      const near = nearest(tag.trim(), [...scope])
      found.push({ path: at, tag, ...(near !== undefined && { near }) })
    }
  })
  return found
}

function isResolvable(name: string, scope: Scope): boolean {
  if (name.startsWith('=') || !checkedPrefixes.some((prefix) => name.startsWith(prefix))) return true
  if (scope.has(name) || laterPrefixes.some((prefix) => name.startsWith(prefix))) return true
  if (name.startsWith('item.') && scope.has('item.*')) return true
  const sibling = /^(?:steps|tasks)\.[^.]+/.exec(name)?.[0]
  if (sibling !== undefined && scope.has(`${sibling}.*`)) return true
  return ['workflow.outputs.parameters.', 'workflow.outputs.artifacts.'].some(
    (prefix) => name.startsWith(prefix) && scope.has(`${prefix}*`),
  )
}
