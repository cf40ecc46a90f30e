// Parameter values: any JSON scalar becomes text, with Go's number format and not JavaScript's.

import { formatFixed } from './go-number.ts'

/** The text of a scalar; undefined for null, lists and objects, which are no parameter value. */
export function anyString(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return formatFixed(value)
    case 'bigint':
      // parity: Go reads every JSON number as a float64, so digits past the 17th are lost.
      return formatFixed(Number(value))
    case 'boolean':
      return String(value)
    default:
      return undefined
  }
}
