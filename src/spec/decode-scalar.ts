// Scalars as Go's decoder reads them: which JSON values a field of a type takes, and what they become.

import { anyString } from '../expression/any-string.ts'
import { errorMessage } from '../errors/argo-error.ts'
import { formatShortest } from '../expression/go-number.ts'
import { canonicalQuantity } from './quantity.ts'
import type { Scalar } from './schema/notation.ts'

export interface DecodedScalar {
  /** undefined when the value is absent (null) or unusable. */
  readonly value: unknown
  readonly problems: readonly { readonly message: string; readonly level: 'error' | 'warning' }[]
}

/** Nesting past this is an attack; Kubernetes itself stops far earlier. */
export const deepest = 100

const largest: Readonly<Record<'int32' | 'int64', number>> = {
  int32: 2 ** 31 - 1,
  int64: Number.MAX_SAFE_INTEGER,
}

export function decodeScalar(value: unknown, scalar: Scalar): DecodedScalar {
  if (scalar === 'json') return decodeJson(value)
  if (value === null) return good(undefined)
  switch (scalar) {
    case 'string':
    case 'time':
      return typeof value === 'string' ? good(value) : decodeText(value)
    case 'anyString': {
      const text = anyString(value)
      return text === undefined
        ? bad(`expected text, a number or a boolean, found ${typeName(value)}`)
        : good(text)
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

/**
 * parity: where text is wanted, the reader of the original's command line takes a number or a boolean as text too.
 * A cluster's API would refuse it, so it is told.
 */
function decodeText(value: unknown): DecodedScalar {
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean') {
    return bad(`expected text, found ${typeName(value)}`)
  }
  const text = typeof value === 'number' ? formatShortest(value) : String(value)
  const message = `the ${typeName(value)} ${text} is read as text: put it in quotes`
  return { value: text, problems: [{ message, level: 'warning' }] }
}

function decodeInteger(value: unknown, size: 'int32' | 'int64', wanted = 'an integer'): DecodedScalar {
  if (typeof value !== 'number' && typeof value !== 'bigint')
    return bad(`expected ${wanted}, found ${shown(value)}`)
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
  return canonical === undefined
    ? bad(`expected a quantity such as 500m or 1Gi, found ${shown(value)}`)
    : good(canonical)
}

/** Any JSON; a number that JavaScript cannot hold becomes text, since `{{item}}` is text anyway. */
function decodeJson(value: unknown): DecodedScalar {
  const problems: DecodedScalar['problems'][number][] = []
  const plain = (part: unknown, depth: number): unknown => {
    if (depth > deepest) throw new RangeError(`nests deeper than ${deepest}`)
    if (Array.isArray(part)) return part.map((element) => plain(element, depth + 1))
    if (typeof part === 'bigint') {
      const message = `${part} is beyond the exact numbers and is read as text`
      problems.push({ message, level: 'warning' })
      return String(part)
    }
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, plain(member, depth + 1)]))
  }
  try {
    return { value: plain(value, 0), problems }
  } catch (error) {
    return bad(errorMessage(error))
  }
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'bigint' ? 'number' : typeof value
}

/** A value in a message, cut short. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 60))}`
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return `the ${typeName(value)} ${String(value)}`
  }
  return typeName(value)
}

function good(value: unknown): DecodedScalar {
  return { value, problems: [] }
}

function bad(message: string): DecodedScalar {
  return { value: undefined, problems: [{ message, level: 'error' }] }
}
