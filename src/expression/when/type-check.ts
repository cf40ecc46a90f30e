// Which operator of a `when` text takes which values, and how a value is shown in messages.

import { formatGeneral } from '../go-number.ts'
import type { Pattern } from '../regexp.ts'
import type { Literal } from './token.ts'

/** null is "no value", the else-less result of a ternary. */
export type Value = Literal | Pattern | null | readonly Value[]

type Test = (value: Value) => boolean

const isNumber: Test = (value) => typeof value === 'number'
const isText: Test = (value) => typeof value === 'string'
const isBoolean: Test = (value) => typeof value === 'boolean'
const isList: Test = (value) => Array.isArray(value)
const isPattern: Test = (value) => typeof value === 'string' || typeof value === 'function'

const sides: Readonly<Record<string, readonly [left: Test | undefined, right: Test | undefined]>> = {
  '&&': [isBoolean, isBoolean],
  '||': [isBoolean, isBoolean],
  '=~': [isText, isPattern],
  '!~': [isText, isPattern],
  in: [undefined, isList],
  '-': [isNumber, isNumber],
  '*': [isNumber, isNumber],
  '/': [isNumber, isNumber],
  '%': [isNumber, isNumber],
  '**': [isNumber, isNumber],
  '&': [isNumber, isNumber],
  '|': [isNumber, isNumber],
  '^': [isNumber, isNumber],
  '<<': [isNumber, isNumber],
  '>>': [isNumber, isNumber],
  '?': [isBoolean, undefined],
  'prefix -': [undefined, isNumber],
  'prefix !': [undefined, isBoolean],
  'prefix ~': [undefined, isNumber],
}

const comparators = ['==', '!=', '>', '>=', '<', '<=', '=~', '!~', 'in']

/** @throws Error that names the value and the operator. */
export function typeCheck(symbol: string, left: Value, right: Value): void {
  if (['>', '>=', '<', '<='].includes(symbol)) {
    if (!bothAre(isNumber, left, right) && !bothAre(isText, left, right)) throw mismatch(symbol, left)
    return
  }
  if (symbol === '+') {
    if (!bothAre(isNumber, left, right) && !isText(left) && !isText(right)) throw mismatch(symbol, left)
    return
  }
  const [testLeft, testRight] = sides[symbol] ?? []
  if (testLeft !== undefined && !testLeft(left)) throw mismatch(symbol, left)
  if (testRight !== undefined && !testRight(right)) throw mismatch(symbol, right)
}

/** A value as Go prints it. */
export function showValue(value: Value): string {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return formatGeneral(value)
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(showValue).join(' ')}]`
  return String(value)
}

function bothAre(test: Test, left: Value, right: Value): boolean {
  return test(left) && test(right)
}

function mismatch(symbol: string, value: Value): Error {
  const shown = `Value '${showValue(value)}' cannot be used with the`
  if (symbol.startsWith('prefix ')) return new Error(`${shown} prefix '${symbol.slice(7)}'`)
  if (symbol === '&&' || symbol === '||') {
    return new Error(`${shown} logical operator '${symbol}', it is not a bool`)
  }
  if (symbol === '?') return new Error(`${shown} ternary operator '?', it is not a bool`)
  // parity: "it is not a number" also where text or a list was wanted.
  const word = comparators.includes(symbol) ? 'comparator' : 'modifier'
  return new Error(`${shown} ${word} '${symbol}', it is not a number`)
}
