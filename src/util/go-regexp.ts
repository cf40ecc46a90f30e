// Regular expressions that users write in Go's syntax, matched in linear time. A file of its own because the library
// is loaded only when such an expression is configured.

import { RE2JS } from 're2js'
import { ArgoError, errorMessage } from '../errors/argo-error.ts'

/** A test for "matches somewhere in the text". Throws ERR_BAD_REQUEST when `pattern` is no valid expression. */
export function compileGoRegexp(pattern: string): (text: string) => boolean {
  try {
    const compiled = RE2JS.compile(pattern)
    return (text) => compiled.matcher(text).find()
  } catch (error) {
    throw new ArgoError(
      `the regular expression ${JSON.stringify(pattern)} is invalid: ${errorMessage(error)}`,
      {
        code: 'ERR_BAD_REQUEST',
        cause: error,
      },
    )
  }
}
