// JSON text as Go's encoding/json writes it: for everything that is hashed, compared or substituted.

import { formatJsonNumber } from './go-number.ts'

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** A JSON string with its quotes: `<`, `>`, `&`, U+2028 and U+2029 escaped, lone surrogates replaced. */
export function goQuote(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what has to be found
  const escaped = text.toWellFormed().replace(/["\\<>&\u0000-\u001f\u2028\u2029]/g, escape)
  return `"${escaped}"`
}

/** A value without a schema: keys of maps sorted by their UTF-8 bytes; undefined members left out. */
export function goJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return goQuote(value)
    case 'number':
      return Number.isFinite(value) ? formatJsonNumber(value) : 'null'
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
      return goMap(value as Readonly<Record<string, unknown>>, goJson)
    default:
      return 'null'
  }
}

/** A JSON object whose keys are sorted as Go sorts those of a map. */
export function goMap(map: Readonly<Record<string, unknown>>, encode: (value: unknown) => string): string {
  const members = Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort(compareBytes)
    .map((key) => `${goQuote(key)}:${encode(map[key])}`)
  return `{${members.join(',')}}`
}

/** Order of UTF-8 bytes, which is that of code points; JavaScript compares UTF-16 units. */
export function compareBytes(a: string, b: string): number {
  const left = Array.from(a)
  const right = Array.from(b)
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

function escape(character: string): string {
  return escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
