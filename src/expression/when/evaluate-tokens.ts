// Computes a checked row of tokens: precedence by recursive descent, every level from left to right.

import { compareBytes } from '../go-json.ts'
import { compilePattern, type Pattern } from '../regexp.ts'
import { showValue, typeCheck, type Value } from './type-check.ts'
import type { Token, TokenKind } from './token.ts'

/** From the loosest to the tightest. */
const levels: readonly { readonly kind: TokenKind; readonly symbols: readonly string[] }[] = [
  { kind: 'SEPARATOR', symbols: [','] },
  { kind: 'TERNARY', symbols: ['?', ':', '??'] },
  { kind: 'LOGICALOP', symbols: ['||'] },
  { kind: 'LOGICALOP', symbols: ['&&'] },
  { kind: 'COMPARATOR', symbols: ['==', '!=', '>', '>=', '<', '<=', '=~', '!~', 'in'] },
  { kind: 'MODIFIER', symbols: ['&', '|', '^'] },
  { kind: 'MODIFIER', symbols: ['<<', '>>'] },
  { kind: 'MODIFIER', symbols: ['+', '-'] },
  { kind: 'MODIFIER', symbols: ['*', '/', '%'] },
  { kind: 'MODIFIER', symbols: ['**'] },
]

/** Nesting past this is an attack, not a condition. */
const deepest = 200

/** A computation that is put off, since a side may never be needed (and its errors never seen). */
type Lazy = () => Value

/** @throws Error when an operator meets values that it is not for. */
export function evaluateTokens(tokens: readonly Token[]): Value {
  return new Planner(tokens).plan()()
}

class Planner {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  plan(level = 0): Lazy {
    const rule = levels[level]
    if (rule === undefined) return this.#operand()
    let left = this.plan(level + 1)
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token?.kind !== rule.kind || !rule.symbols.includes(String(token.value))) return left
      this.#at++
      left = operation(String(token.value), left, this.plan(level + 1))
    }
  }

  #operand(): Lazy {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw new Error('Unexpected end of expression')
    switch (token.kind) {
      case 'PREFIX':
        return prefix(String(token.value), this.#operand())
      case 'CLAUSE':
        return this.#clause()
      case 'CLAUSE_CLOSE':
        this.#at--
        return () => null
      case 'ACCESSOR':
        return () => {
          throw new Error(`No parameter '${String(token.value).split('.')[0] ?? ''}' found.`)
        }
      case 'PATTERN':
        return () => token.pattern ?? String(token.value)
      default:
        return () => token.value
    }
  }

  #clause(): Lazy {
    if (++this.#depth > deepest) throw new Error(`Parentheses nest deeper than ${deepest}`)
    const inner = this.plan()
    this.#at++
    this.#depth--
    return inner
  }
}

function operation(symbol: string, left: Lazy, right: Lazy): Lazy {
  return () => {
    const a = left()
    if (symbol === '&&' && a === false) return false
    if (symbol === '||' && a === true) return true
    if (symbol === '??' && a !== null) return a
    if (symbol === ':' && a !== null) return a
    if (symbol === '?' && a === false) return null
    const b = right()
    typeCheck(symbol, a, b)
    return compute(symbol, a, b)
  }
}

function prefix(symbol: string, operand: Lazy): Lazy {
  return () => {
    const value = operand()
    typeCheck(`prefix ${symbol}`, null, value)
    if (symbol === '!') return value !== true
    return symbol === '-' ? -Number(value) : Number(~toInt64(value))
  }
}

function compute(symbol: string, a: Value, b: Value): Value {
  switch (symbol) {
    case ',':
      return Array.isArray(a) ? [...(a as readonly Value[]), b] : [a, b]
    case '==':
      return deepEqual(a, b)
    case '!=':
      return !deepEqual(a, b)
    case 'in':
      return (b as readonly Value[]).some((element) => element === a)
    case '=~':
      return matches(a, b)
    case '!~':
      return !matches(a, b)
    case '>':
      return compare(a, b) > 0
    case '>=':
      return compare(a, b) >= 0
    case '<':
      return compare(a, b) < 0
    case '<=':
      return compare(a, b) <= 0
    case '+':
      return typeof a === 'number' && typeof b === 'number' ? a + b : showValue(a) + showValue(b)
    case '&&':
    case '||':
    case '?':
    case ':':
    case '??':
      return b
    default:
      return arithmetic(symbol, Number(a), Number(b))
  }
}

function arithmetic(symbol: string, a: number, b: number): number {
  switch (symbol) {
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    case '**':
      return a ** b
    case '&':
      return Number(toInt64(a) & toInt64(b))
    case '|':
      return Number(toInt64(a) | toInt64(b))
    case '^':
      return Number(toInt64(a) ^ toInt64(b))
    case '<<':
      return b >= 64 ? 0 : Number(BigInt.asUintN(64, toInt64(a) << toInt64(b)))
    default:
      return b >= 64 ? 0 : Number(BigInt.asUintN(64, toInt64(a)) >> toInt64(b))
  }
}

function toInt64(value: Value): bigint {
  const number = Math.trunc(Number(value))
  return Number.isFinite(number) ? BigInt.asIntN(64, BigInt(number)) : 0n
}

function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareBytes(a, b)
  return Number(a) - Number(b)
}

function deepEqual(a: Value, b: Value): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  const left = a as readonly Value[]
  const right = b as readonly Value[]
  return (
    left.length === right.length && left.every((element, index) => deepEqual(element, right[index] ?? null))
  )
}

function matches(text: Value, pattern: Value): boolean {
  const compiled: Pattern = typeof pattern === 'function' ? pattern : compileLate(String(pattern))
  return compiled(String(text))
}

function compileLate(source: string): Pattern {
  try {
    return compilePattern(source)
  } catch (error) {
    throw new Error(`Unable to compile regexp pattern '${source}': ${(error as Error).message}`, {
      cause: error,
    })
  }
}
