// The folders through which main and wait talk, with the witness that tells wait when main is gone.

import { chmodSync, mkdirSync } from 'node:fs'
import { containerDir } from '../../src/pod/paths.ts'
import { makeWitness } from '../../src/process/witness.ts'

/** Open to every user: main runs as whom its image says. */
export function makeMailboxes(names: readonly string[], varRunArgo: string): void {
  for (const name of names) {
    const folder = containerDir(name, varRunArgo)
    mkdirSync(folder, { recursive: true, mode: 0o777 })
    chmodSync(folder, 0o777)
    makeWitness(folder)
  }
}
