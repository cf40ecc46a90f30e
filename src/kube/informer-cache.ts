// The objects that an informer knows, by namespace and name and by indexes of the caller.

import type { KubeObject } from './api.ts'

/** The values under which an index finds an object, e.g. the workflow named by a label. */
export type IndexOf<T> = (object: T) => readonly string[]

export class InformerCache<T extends KubeObject> {
  readonly #objects = new Map<string, T>()
  readonly #indexes = new Map<string, { readonly of: IndexOf<T>; readonly keys: Map<string, Set<string>> }>()

  constructor(indexes: Readonly<Record<string, IndexOf<T>>>) {
    for (const [name, of] of Object.entries(indexes)) this.#indexes.set(name, { of, keys: new Map() })
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  keys(): readonly string[] {
    return [...this.#objects.keys()]
  }

  list(): readonly T[] {
    return [...this.#objects.values()]
  }

  by(index: string, value: string): readonly T[] {
    const keys = this.#indexes.get(index)?.keys.get(value) ?? []
    return [...keys].flatMap((key) => this.#objects.get(key) ?? [])
  }

  /** Stores the object and returns what was there before. */
  set(key: string, object: T): T | undefined {
    const old = this.delete(key)
    this.#objects.set(key, object)
    for (const { of, keys } of this.#indexes.values()) {
      for (const value of of(object)) {
        const known = keys.get(value)
        if (known === undefined) keys.set(value, new Set([key]))
        else known.add(key)
      }
    }
    return old
  }

  delete(key: string): T | undefined {
    const old = this.#objects.get(key)
    if (old === undefined) return undefined
    this.#objects.delete(key)
    for (const { of, keys } of this.#indexes.values()) {
      for (const value of of(old)) {
        const known = keys.get(value)
        known?.delete(key)
        if (known?.size === 0) keys.delete(value)
      }
    }
    return old
  }
}

/** `namespace/name`: the key of the cache and of the work queue. */
export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`
}

/** Index by the value of a label. */
export function byLabel(label: string): IndexOf<KubeObject> {
  return ({ metadata }) => present(metadata.labels?.[label])
}

/** Index by the value of an annotation. */
export function byAnnotation(annotation: string): IndexOf<KubeObject> {
  return ({ metadata }) => present(metadata.annotations?.[annotation])
}

function present(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value]
}
