// Splits the body of a watch into its JSON documents, one a line, with a bound on how long a line may be.

import { ArgoError } from '../errors/argo-error.ts'

/** An object of the API is at most 3 MiB of JSON on the wire; a watch event wraps one. */
const longestLineBytes = 16 * 1024 * 1024

export async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void, undefined> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end))
      yield* parse(parts)
      parts = []
      length = 0
      start = end + 1
    }
    const rest = chunk.subarray(start)
    length += rest.length
    if (length > longestLineBytes) {
      throw new ArgoError(`a watch event is longer than ${String(longestLineBytes)} bytes`, {
        code: 'ERR_TORN_DATA',
      })
    }
    if (rest.length > 0) parts.push(rest)
  }
  // A rest without its newline was cut off: the reader resumes from the last whole event.
}

function* parse(parts: readonly Uint8Array[]): Generator<unknown, void, undefined> {
  const text = Buffer.concat(parts).toString('utf8').trim()
  if (text !== '') yield JSON.parse(text) as unknown
}
