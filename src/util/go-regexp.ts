// Regular expressions that users write in Go's syntax, matched in linear time. The only file that knows the package
// behind it.

import { RE2JS } from 're2js'

/** A test for "matches somewhere in the text". Throws the package's error when `source` is no valid expression. */
export function goRegexp(source: string): (text: string) => boolean {
  const compiled = RE2JS.compile(source)
  return (text) => compiled.matcher(text).find()
}
