// JSON merge patch (RFC 7396): objects merge, null removes, everything else replaces.

import type { Json, JsonObject } from '../../spec/types.ts'

export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const result: Record<string, Json | undefined> = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value === undefined) delete result[key]
    else setOwn(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value))
  }
  return result
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Assigns a key that may be called `__proto__`: patches come from outside. */
export function setOwn(target: Record<string, Json | undefined>, key: string, value: Json | undefined): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}
