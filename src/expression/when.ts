// Evaluates the `when` of a step or task: whether it runs.

import { ArgoError, errorMessage } from '../errors/argo-error.ts'
import { checkSyntax } from './when/check-syntax.ts'
import { evaluateTokens } from './when/evaluate-tokens.ts'
import { readTokens } from './when/read-tokens.ts'
import { showValue, type Value } from './when/type-check.ts'
import type { Token } from './when/token.ts'

/**
 * The text after substitution; bare words are strings, so `heads == tails` needs no quotes (spec controller 3.5).
 * An empty text is true.
 *
 * @throws ArgoError ERR_BAD_REQUEST when the text is malformed or its result is no boolean.
 */
export function evaluateWhen(text: string): boolean {
  if (text === '') return true
  const value = evaluate(text, parse(text))
  if (typeof value === 'boolean') return value
  throw badRequest(`Expected boolean evaluation for '${text}'. Got ${showValue(value)}`)
}

function parse(text: string): readonly Token[] {
  try {
    return checkSyntax(readTokens(text))
  } catch (error) {
    const message = errorMessage(error)
    const hint = message.includes('Invalid token')
      ? ' (hint: try wrapping the affected expression in quotes ("))'
      : ''
    throw badRequest(`Invalid 'when' expression '${text}': ${message}${hint}`, error)
  }
}

function evaluate(text: string, parsed: readonly Token[]): Value {
  let tokens: readonly Token[]
  try {
    tokens = checkSyntax(
      parsed.map((token) => (token.kind === 'VARIABLE' ? { ...token, kind: 'STRING' } : token)),
    )
  } catch (error) {
    throw badRequest(`Failed to parse 'when' expression '${text}': ${errorMessage(error)}`, error)
  }
  try {
    return evaluateTokens(tokens)
  } catch (error) {
    // parity: the misspelt "expresion" is part of the message that others match on.
    throw badRequest(`Failed to evaluate 'when' expresion '${text}': ${errorMessage(error)}`, error)
  }
}

function badRequest(message: string, cause?: unknown): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST', cause })
}
