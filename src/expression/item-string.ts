// Loop items: their type, and their text in names and in `{{item}}`.

import { compareBytes } from './go-json.ts'

export type ItemType = 'string' | 'number' | 'boolean' | 'map' | 'list'

/**
 * The items of a `withParam` text. A number that JavaScript would print differently (1.10, 2^60) is kept as
 * `JSON.rawJSON`, so that its text survives as it does in Argo.
 *
 * @throws SyntaxError when the text is no JSON list.
 */
export function parseItems(text: string): readonly unknown[] {
  const value: unknown = JSON.parse(text, keepNumberText)
  if (!Array.isArray(value)) throw new SyntaxError(`expected a JSON list, found ${itemType(value)}`)
  return value as readonly unknown[]
}

/** parity: null counts as a list, since Go finds none of the other types in it. */
export function itemType(item: unknown): ItemType {
  if (typeof item === 'string') return 'string'
  if (typeof item === 'boolean') return 'boolean'
  if (typeof item === 'number' || isRawNumber(item)) return 'number'
  return item === null || Array.isArray(item) ? 'list' : 'map'
}

/** The text of an item inside a node's name: a string without its quotes but with its escapes, else compact JSON. */
export function itemToString(item: unknown): string {
  const text = compactJson(item)
  return typeof item === 'string' ? text.slice(1, -1) : text
}

/** The text that `{{item}}` stands for: a string as it is, a map with its own keys sorted, else compact JSON. */
export function itemValue(item: unknown): string {
  if (typeof item === 'string') return item
  if (itemType(item) !== 'map') return compactJson(item)
  const map = item as Readonly<Record<string, unknown>>
  const members = Object.keys(map)
    .sort(compareBytes)
    .map((key) => `${JSON.stringify(key)}:${compactJson(map[key])}`)
  return `{${members.join(',')}}`
}

function compactJson(item: unknown): string {
  if (typeof item === 'number') return JSON.stringify(item).replace('e+', 'e')
  return JSON.stringify(item)
}

function keepNumberText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value
  return rawJson.rawJSON(source)
}

function isRawNumber(value: unknown): boolean {
  return rawJson.isRawJSON(value)
}

/** Part of the language since 2025, not yet of the type library. */
const rawJson = JSON as unknown as {
  readonly rawJSON: (text: string) => unknown
  readonly isRawJSON: (value: unknown) => boolean
}
