// The line to the engine: one specification in, a few reports out.

import { closeSync, readSync, writeSync } from 'node:fs'
import { controlDescriptor, type BoxReport, type BoxSpec } from '../../src/local/box/box-spec.ts'

/** Blocks until the specification is here: nothing else is there to do. Undefined when the engine wants no box any more. */
export function hearSpec(): BoxSpec | undefined {
  const chunks: Buffer[] = []
  const chunk = Buffer.alloc(65536)
  for (;;) {
    const length = readSync(controlDescriptor, chunk)
    if (length === 0) return undefined
    chunks.push(Buffer.from(chunk.subarray(0, length)))
    if (chunk[length - 1] === 10) return JSON.parse(Buffer.concat(chunks).toString('utf8')) as BoxSpec
  }
}

/** After the last report the line is closed: the container must not find it. */
export function report(message: BoxReport, options: { readonly last?: boolean } = {}): void {
  writeSync(controlDescriptor, `${JSON.stringify(message)}\n`)
  if (options.last === true) closeSync(controlDescriptor)
}
