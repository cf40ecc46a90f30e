// `withSequence`: the items that it counts out.

import { ArgoError } from '../errors/argo-error.ts'
import { sprintfInteger } from './go-printf.ts'

export interface SequenceInput {
  readonly count?: string | number
  readonly start?: string | number
  readonly end?: string | number
  readonly format?: string
}

/** A loop of more nodes than this would not end in any useful time and would take the controller with it. */
const mostItems = 1_000_000

/**
 * Descending when the end lies before the start; a count of zero gives none (spec controller 3.4).
 * parity: a negative count with a start of 0 descends past it.
 */
export function expandSequence(sequence: SequenceInput): readonly string[] {
  const { count, end, format } = sequence
  const start = sequence.start === undefined ? 0 : parseInteger(sequence.start)
  let last: number
  if (end !== undefined) {
    last = parseInteger(end)
  } else if (count !== undefined) {
    const amount = parseInteger(count)
    if (amount === 0) return []
    last = start + amount - 1
  } else {
    throw badRequest('neither end nor count was specified in withSequence')
  }
  const length = Math.abs(last - start) + 1
  if (length > mostItems)
    throw badRequest(`withSequence would make ${length} items, at most ${mostItems} are allowed`)
  const step = start <= last ? 1 : -1
  return Array.from({ length }, (_, index) => formatItem(format, start + step * index))
}

function formatItem(format: string | undefined, value: number): string {
  if (format === undefined || format === '') return String(value)
  const text = sprintfInteger(format, value)
  // parity: Argo reads the formatted text as the inside of a JSON string, escapes included.
  const trouble = jsonStringTrouble(text)
  if (trouble !== undefined) throw badRequest(trouble)
  return JSON.parse(`"${text}"`) as string
}

/** What Go's JSON scanner says about `"text"`, or undefined when it is a string. */
function jsonStringTrouble(text: string): string | undefined {
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? ''
    if (character === '"') {
      const next = /\S/u.exec(`${text}"`.slice(i + 1))?.[0] ?? ''
      return `invalid character ${quote(next)} after top-level value`
    }
    if (character < ' ') return `invalid character ${quote(character)} in string literal`
    if (character !== '\\') continue
    i++
    const escape = text[i] ?? '"'
    if (i >= text.length) return 'unexpected end of JSON input'
    if (escape === 'u') {
      for (let digit = 0; digit < 4; digit++) {
        i++
        const hex = text[i] ?? '"'
        if (!/[0-9a-fA-F]/.test(hex))
          return `invalid character ${quote(hex)} in \\u hexadecimal character escape`
      }
    } else if (!'"\\/bfnrt'.includes(escape)) {
      return `invalid character ${quote(escape)} in string escape code`
    }
  }
  return undefined
}

function quote(character: string): string {
  return character === "'" ? "'\\''" : `'${JSON.stringify(character).slice(1, -1).replace('\\"', '"')}'`
}

function parseInteger(value: string | number): number {
  const text = String(value)
  if (!/^[+-]?\d+$/.test(text))
    throw badRequest(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  const number = Number(text)
  if (!Number.isSafeInteger(number))
    throw badRequest(`strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`)
  return number
}

function badRequest(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}
