// Strategic merge patch: lists with a key merge item by item, with the directives of Kubernetes. For pods in the API,
// for podSpecPatch and for the container defaults of the controller.

import { isDeepStrictEqual } from 'node:util'
import { ArgoError } from '../../errors/argo-error.ts'
import type { Json, JsonObject } from '../../spec/types.ts'
import { isObject, setOwn } from './merge.ts'
import type { ListStrategy, PatchType } from './merge-keys.ts'

const directive = '$patch'
const retainKeys = '$retainKeys'
const deletePrefix = '$deleteFromPrimitiveList/'
const orderPrefix = '$setElementOrder/'

/**
 * `target` with `patch` merged into it; `type` tells which lists merge. Neither is changed. Null removes a key, also
 * inside of what is new. Throws ERR_BAD_REQUEST for a malformed patch (an item without its merge key).
 */
export function strategicMergePatch<T extends JsonObject>(target: T, patch: JsonObject, type: PatchType): T {
  return mergeObjects(target, patch, type) as T
}

function mergeObjects(target: JsonObject, patch: JsonObject, type: PatchType): JsonObject {
  switch (patch[directive]) {
    case undefined:
    case 'merge':
      break
    case 'replace':
      return withoutDirectives(patch)
    case 'delete':
      return {}
    default:
      throw malformed(`unknown patch type ${JSON.stringify(patch[directive])}`)
  }
  const result: Record<string, Json | undefined> = keep(target, patch[retainKeys])
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key === directive || key === retainKeys || key.startsWith(orderPrefix))
      continue
    if (key.startsWith(deletePrefix)) removeScalars(result, key.slice(deletePrefix.length), value)
    else if (value === null) delete result[key]
    else
      setOwn(result, key, mergeValue(Object.hasOwn(result, key) ? result[key] : undefined, value, key, type))
  }
  return result
}

function mergeValue(old: Json | undefined, value: Json, key: string, type: PatchType): Json {
  const below = type.fields?.[key] ?? {}
  if (isObject(value)) return mergeObjects(isObject(old) ? old : {}, value, below)
  if (!Array.isArray(value)) return value
  const strategy = type.lists?.[key]
  if (strategy === undefined) return value
  const oldItems = Array.isArray(old) ? (old as readonly Json[]) : []
  return mergeLists(oldItems, value as readonly Json[], strategy, below, key)
}

function mergeLists(
  old: readonly Json[],
  patch: readonly Json[],
  strategy: ListStrategy,
  type: PatchType,
  name: string,
): Json {
  if (strategy === 'set') return [...new Set([...old, ...patch])]
  const items = patch.map((item) => {
    if (isObject(item)) return item
    throw malformed(`an item of ${name} in a strategic merge patch is an object`)
  })
  if (items.some((item) => item[directive] === 'replace')) {
    return items.filter((item) => item[directive] !== 'replace').map(withoutDirectives)
  }
  const keyOf = (item: Json): Json | undefined => (isObject(item) ? item[strategy.key] : undefined)
  const remaining = [...old]
  const merged: Json[] = []
  for (const item of items) {
    const key = keyOf(item)
    if (key === undefined)
      throw malformed(`map: ${JSON.stringify(item)} does not contain declared merge key: ${strategy.key}`)
    const index = remaining.findIndex((candidate) => isDeepStrictEqual(keyOf(candidate), key))
    const found = index < 0 ? undefined : remaining.splice(index, 1)[0]
    if (item[directive] === 'delete') continue
    merged.push(mergeObjects(isObject(found) ? found : {}, item, type))
  }
  return interleave(remaining, merged, (item) =>
    old.findIndex((candidate) => isDeepStrictEqual(keyOf(candidate), keyOf(item))),
  )
}

/**
 * Patched items keep the order of the patch, the others that of the old list; an untouched item stands before a patched
 * one exactly where the old list had it so.
 */
function interleave(
  untouched: readonly Json[],
  patched: readonly Json[],
  place: (item: Json) => number,
): Json[] {
  const result: Json[] = []
  let at = 0
  for (const item of patched) {
    const before = place(item)
    while (before >= 0 && at < untouched.length && place(untouched[at] as Json) < before) {
      result.push(untouched[at] as Json)
      at++
    }
    result.push(item)
  }
  return [...result, ...untouched.slice(at)]
}

function keep(target: JsonObject, names: Json | undefined): Record<string, Json | undefined> {
  if (names === undefined) return { ...target }
  if (!Array.isArray(names)) throw malformed('$retainKeys is a list of keys')
  const kept = names as readonly Json[]
  return Object.fromEntries(Object.entries(target).filter(([key]) => kept.includes(key)))
}

function removeScalars(result: Record<string, Json | undefined>, key: string, values: Json): void {
  const old = result[key]
  if (!Array.isArray(old) || !Array.isArray(values)) return
  const unwanted = values as readonly Json[]
  setOwn(
    result,
    key,
    (old as readonly Json[]).filter((item) => !unwanted.includes(item)),
  )
}

function withoutDirectives(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).filter(([key, item]) => key !== directive && key !== retainKeys && item !== null),
  )
}

function malformed(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}
