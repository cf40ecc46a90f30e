// Cuts a `when` text into tokens, by the rules of the grammar that Argo uses for it.

import { parseTimeLiteral } from './time-literal.ts'
import { next, type Token, type TokenKind } from './token.ts'

const symbols: Readonly<Record<string, TokenKind>> = {
  '+': 'MODIFIER',
  '-': 'MODIFIER',
  '*': 'MODIFIER',
  '/': 'MODIFIER',
  '%': 'MODIFIER',
  '**': 'MODIFIER',
  '&': 'MODIFIER',
  '|': 'MODIFIER',
  '^': 'MODIFIER',
  '>>': 'MODIFIER',
  '<<': 'MODIFIER',
  '&&': 'LOGICALOP',
  '||': 'LOGICALOP',
  '==': 'COMPARATOR',
  '!=': 'COMPARATOR',
  '>': 'COMPARATOR',
  '>=': 'COMPARATOR',
  '<': 'COMPARATOR',
  '<=': 'COMPARATOR',
  '=~': 'COMPARATOR',
  '!~': 'COMPARATOR',
  '?': 'TERNARY',
  ':': 'TERNARY',
  '??': 'TERNARY',
}

const prefixes = ['-', '!', '~']

/** @throws Error with the message of the grammar, without its surroundings. */
export function readTokens(text: string): Token[] {
  const reader = new Reader(text)
  const tokens: Token[] = []
  let before: TokenKind = 'UNKNOWN'
  for (let token = reader.read(before); token !== undefined; token = reader.read(before)) {
    tokens.push(token)
    before = token.kind
  }
  return tokens
}

class Reader {
  readonly #characters: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#characters = Array.from(text)
  }

  read(before: TokenKind): Token | undefined {
    while (isSpace(this.#peek())) this.#at++
    const character = this.#peek()
    if (character === undefined) return undefined
    if (isNumeric(character)) return this.#number()
    if (character === ',') return this.#single('SEPARATOR')
    if (character === '[') return this.#bracketed()
    if (isLetter(character)) return this.#word()
    if (isQuote(character)) return this.#quoted()
    if (character === '(') return this.#single('CLAUSE')
    if (character === ')') return this.#single('CLAUSE_CLOSE')
    return this.#symbol(before)
  }

  #number(): Token {
    if (this.#peek() === '0' && this.#peek(1) === 'x') {
      this.#at += 2
      const digits = this.#until((character) => /[0-9a-fA-F]/.test(character))
      const value = Number.parseInt(digits, 16)
      if (digits === '' || digits.length > 16)
        throw new Error(`Unable to parse hex value '${digits}' to uint64\n`)
      return { kind: 'NUMERIC', value }
    }
    const digits = this.#until(isNumeric)
    const value = /^(\d+\.?\d*|\.\d+)$/.test(digits) ? Number(digits) : Number.NaN
    if (Number.isNaN(value)) throw new Error(`Unable to parse numeric value '${digits}' to float64\n`)
    return { kind: 'NUMERIC', value }
  }

  #word(): Token {
    const word = this.#until((character) => isLetter(character) || isNumeric(character) || character === '_')
    if (word === 'true' || word === 'false') return { kind: 'BOOLEAN', value: word === 'true' }
    if (word === 'in' || word === 'IN') return { kind: 'COMPARATOR', value: 'in' }
    if (word.indexOf('.') <= 0) return { kind: 'VARIABLE', value: word }
    if (word.endsWith('.')) throw new Error(`Hanging accessor on token '${word}'`)
    for (const part of word.split('.').slice(1)) {
      const first = Array.from(part)[0] ?? ''
      if (first.toUpperCase() !== first) {
        throw new Error(`Unable to access unexported field '${part}' in token '${word}'`)
      }
    }
    return { kind: 'ACCESSOR', value: word }
  }

  #bracketed(): Token {
    this.#at++
    const { text, closed } = this.#enclosed((character) => character === ']')
    if (!closed) throw new Error('Unclosed parameter bracket')
    return { kind: 'VARIABLE', value: text }
  }

  #quoted(): Token {
    this.#at++
    // parity: either kind of quote ends a string, whichever began it.
    const { text, closed } = this.#enclosed(isQuote)
    if (!closed) throw new Error('Unclosed string literal')
    const time = parseTimeLiteral(text)
    return time === undefined ? { kind: 'STRING', value: text } : { kind: 'TIME', value: time }
  }

  #symbol(before: TokenKind): Token {
    const symbol = this.#until((character) => !isLetter(character) && !/[\p{Nd}()[\]'"]/u.test(character))
    if (prefixes.includes(symbol) && next[before].includes('PREFIX')) return { kind: 'PREFIX', value: symbol }
    const kind = symbols[symbol]
    if (kind === undefined) throw new Error(`Invalid token: '${symbol}'`)
    return { kind, value: symbol }
  }

  #single(kind: TokenKind): Token {
    return { kind, value: this.#characters[this.#at++] ?? '' }
  }

  /** A run of characters that ends at white space; a backslash takes the next character as it is. */
  #until(belongs: (character: string) => boolean): string {
    let text = ''
    for (let character = this.#peek(); character !== undefined; character = this.#peek()) {
      if (character === '\\') {
        text += this.#peek(1) ?? ''
        this.#at += 2
        continue
      }
      if (isSpace(character) || !belongs(character)) break
      text += character
      this.#at++
    }
    return text
  }

  #enclosed(ends: (character: string) => boolean): { readonly text: string; readonly closed: boolean } {
    let text = ''
    for (let character = this.#peek(); character !== undefined; character = this.#peek()) {
      this.#at++
      if (character === '\\') {
        text += this.#peek() ?? ''
        this.#at++
      } else if (ends(character)) {
        return { text, closed: true }
      } else {
        text += character
      }
    }
    return { text, closed: false }
  }

  #peek(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead]
  }
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/u.test(character)
}

function isLetter(character: string): boolean {
  return /\p{L}/u.test(character)
}

function isNumeric(character: string): boolean {
  return character === '.' || /\p{Nd}/u.test(character)
}

function isQuote(character: string): boolean {
  return character === "'" || character === '"'
}
