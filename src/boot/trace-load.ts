// `--trace-load`: tells on standard error which bundles a role reads and whether V8 took their code cache, for the test
// that holds each role to its table.

import { writeSync } from 'node:fs'

/** The first word of the command line that asks for it. */
export const traceLoadFlag = '--trace-load'

/** Called by the loader for each bundle that it reads. `rejected` is undefined for a bundle without a code cache. */
export function noteLoad(bundle: string, rejected: boolean | undefined): void {
  if (process.argv[2] !== traceLoadFlag) return
  const cache = rejected === undefined ? 'none' : rejected ? 'rejected' : 'accepted'
  writeSync(2, `load ${bundle}, code cache: ${cache}\n`)
}
