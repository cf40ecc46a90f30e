// Refuses a row of tokens that no `when` text may have, and compiles the regular expressions in it.

import { compilePattern } from '../regexp.ts'
import { mayEnd, next, type Token, type TokenKind } from './token.ts'

/** @throws Error with the message of the grammar. */
export function checkSyntax(tokens: readonly Token[]): readonly Token[] {
  checkBalance(tokens)
  let before: TokenKind = 'UNKNOWN'
  let last: Token | undefined
  for (const token of tokens) {
    if (!next[before].includes(token.kind)) throw new Error(badNeighbours(last, token))
    before = token.kind
    last = token
  }
  if (!mayEnd.has(before)) throw new Error('Unexpected end of expression')
  return tokens.map((token, index) => asPattern(token, tokens[index - 1]))
}

function checkBalance(tokens: readonly Token[]): void {
  let depth = 0
  for (const { kind } of tokens) {
    if (kind === 'CLAUSE') depth++
    if (kind === 'CLAUSE_CLOSE') depth--
  }
  if (depth !== 0) throw new Error('Unbalanced parenthesis')
}

function badNeighbours(last: Token | undefined, token: Token): string {
  if (last?.kind === 'VARIABLE' && token.kind === 'CLAUSE') return `Undefined function ${String(last.value)}`
  const first = last === undefined ? 'UNKNOWN [<nil>]' : `${last.kind} [${shown(last)}]`
  return `Cannot transition token types from ${first} to ${token.kind} [${shown(token)}]`
}

/** parity: a parenthesis shows as the number of its character. */
function shown(token: Token): string {
  return token.kind.startsWith('CLAUSE') ? String(String(token.value).codePointAt(0)) : String(token.value)
}

function asPattern(token: Token, before: Token | undefined): Token {
  if (token.kind !== 'STRING' || before?.kind !== 'COMPARATOR') return token
  if (before.value !== '=~' && before.value !== '!~') return token
  const source = String(token.value)
  return { kind: 'PATTERN', value: source, pattern: compilePattern(source) }
}
