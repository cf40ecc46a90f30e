// Finds the place of a field in the text of a manifest, so that a problem can show the line.

import { isMap, isNode, isPair, isScalar, isSeq, type Document, type Pair } from 'yaml'

/** The offset of the key or element that `path` names, or of the nearest part of it that exists. */
export function offsetOf(document: Document.Parsed, path: string): number | undefined {
  let node: unknown = document.contents
  let offset = startOf(node)
  for (const step of pathSteps(path)) {
    if (typeof step === 'number') {
      if (!isSeq(node)) return offset
      node = node.items[step]
      offset = startOf(node) ?? offset
    } else {
      const pair = isMap(node) ? pairOf(node.items, step) : undefined
      if (pair === undefined) return offset
      offset = startOf(pair.key) ?? offset
      node = pair.value
    }
    if (node === null || node === undefined) return offset
  }
  return offset
}

/** `spec.templates[0].name` as `['spec', 'templates', 0, 'name']`. */
function pathSteps(path: string): readonly (string | number)[] {
  const steps: (string | number)[] = []
  for (const [, index, quoted, name] of path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)) {
    if (index !== undefined) steps.push(Number(index))
    else if (quoted !== undefined) steps.push(JSON.parse(quoted) as string)
    else if (name !== undefined) steps.push(name)
  }
  return steps
}

/** The last pair of a key: that is the one which counts when it is given twice. */
function pairOf(items: readonly Pair[], key: string): Pair | undefined {
  return items.findLast(
    (item) => isPair(item) && (isScalar(item.key) ? String(item.key.value) : String(item.key)) === key,
  )
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
