// `--trace-load`: tells on standard error which bundles a role reads, for the test that holds each role to its table.

import { writeSync } from 'node:fs'

let enabled = false

export function traceLoad(): void {
  enabled = true
}

/** Called by the loader for each bundle that it reads. */
export function noteLoad(bundle: string): void {
  if (enabled) writeSync(2, `load ${bundle}\n`)
}
