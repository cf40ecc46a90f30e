// Regular expressions inside a `when`: compiled once, refused in the words of Go's regexp package.

import { errorMessage } from '../errors/argo-error.ts'
import { goRegexp } from '../util/go-regexp.ts'

/** A compiled expression: whether it occurs anywhere in a text. */
export type Pattern = (text: string) => boolean

/** @throws Error with Go's message, which belongs into a longer sentence. */
export function compilePattern(source: string): Pattern {
  try {
    return goRegexp(source)
  } catch (error) {
    const message = errorMessage(error)
    const words = message.startsWith('error parsing regexp') ? message : `error parsing regexp: ${message}`
    throw new Error(words, { cause: error })
  }
}
