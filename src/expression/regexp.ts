// Regular expressions that users write: Go's syntax in linear time. The only file that knows the package behind it.

import { RE2JS } from 're2js'
import { errorMessage } from '../errors/argo-error.ts'

/** A compiled expression: whether it occurs anywhere in a text. */
export type Pattern = (text: string) => boolean

/** @throws Error with the text of Go's regexp package. */
export function compilePattern(source: string): Pattern {
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(source)
  } catch (error) {
    const message = errorMessage(error)
    throw new Error(
      message.startsWith('error parsing regexp') ? message : `error parsing regexp: ${message}`,
      {
        cause: error,
      },
    )
  }
  return (text) => compiled.matcher(text).find()
}
