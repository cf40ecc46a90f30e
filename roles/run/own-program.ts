// The words that start this same program again.

import { isSea } from 'node:sea'

/** The executable, or the runtime with the entry of the sources. */
export function ownProgram(): readonly string[] {
  if (isSea()) return [process.execPath]
  return [process.execPath, '--no-warnings', process.argv[1] ?? '']
}
