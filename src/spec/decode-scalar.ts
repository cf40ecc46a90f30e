// Scalars as Go's decoder reads them: which JSON values a field of a type takes, and what they become.

import { anyString } from '../expression/any-string.ts'
import { canonicalQuantity } from './quantity.ts'
import type { Scalar } from './schema/notation.ts'

export interface DecodedScalar {
  /** undefined when the value is absent (null) or unusable. */
  readonly value: unknown
  readonly problems: readonly { readonly message: string; readonly level: 'error' | 'warning' }[]
}

const largest: Readonly<Record<'int32' | 'int64', number>> = { int32: 2 ** 31 - 1, int64: Number.MAX_SAFE_INTEGER }

export function decodeScalar(value: unknown, scalar: Scalar): DecodedScalar {
  if (scalar === 'json') return decodeJson(value)
  if (value === null) return good(undefined)
  switch (scalar) {
    case 'string':
    case 'time':
      if (typeof value === 'string') return good(value)
      return isScalar(value)
        ? bad(`expected text, found the ${typeName(value)} ${String(value)}: put it in quotes`)
        : bad(`expected text, found ${typeName(value)}`)
    case 'anyString': {
      const text = anyString(value)
      return text === undefined ? bad(`expected text, a number or a boolean, found ${typeName(value)}`) : good(text)
    }
    case 'bool':
      return typeof value === 'boolean' ? good(value) : bad(`expected true or false, found ${shown(value)}`)
    case 'int32':
    case 'int64':
      return decodeInteger(value, scalar)
    case 'intOrString':
      return typeof value === 'string' ? good(value) : decodeInteger(value, 'int32', 'an integer or text')
    case 'quantity':
      return decodeQuantity(value)
  }
}

function decodeInteger(value: unknown, size: 'int32' | 'int64', wanted = 'an integer'): DecodedScalar {
  if (typeof value !== 'number' && typeof value !== 'bigint') return bad(`expected ${wanted}, found ${shown(value)}`)
  const number = Number(value)
  if (!Number.isInteger(number)) return bad(`expected ${wanted}, found ${shown(value)}`)
  if (Math.abs(number) > largest[size]) return bad(`${String(value)} does not fit into ${size}`)
  return good(number)
}

function decodeQuantity(value: unknown): DecodedScalar {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
    return bad(`expected a quantity such as 500m or 1Gi, found ${shown(value)}`)
  }
  const canonical = canonicalQuantity(String(value))
  return canonical === undefined ? bad(`expected a quantity such as 500m or 1Gi, found ${shown(value)}`) : good(canonical)
}

/** Any JSON; a number that JavaScript cannot hold becomes text, since `{{item}}` is text anyway. */
function decodeJson(value: unknown): DecodedScalar {
  if (typeof value !== 'bigint') return { value, problems: [] }
  if (Number.isSafeInteger(Number(value))) return good(Number(value))
  const message = `${value} is beyond the exact numbers and is read as text`
  return { value: String(value), problems: [{ message, level: 'warning' }] }
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object'
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'bigint' ? 'number' : typeof value
}

function shown(value: unknown): string {
  if (typeof value === 'object') return typeName(value)
  return typeof value === 'string' ? `the text ${JSON.stringify(value.slice(0, 60))}` : String(value)
}

function good(value: unknown): DecodedScalar {
  return { value, problems: [] }
}

function bad(message: string): DecodedScalar {
  return { value: undefined, problems: [{ message, level: 'error' }] }
}
