// What controller and engine have to say about themselves, in a file: the screen belongs to the workflow.

import { appendFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger, type Logger } from '../../src/log/logger.ts'
import type { StateFolder } from '../../src/local/state/state-folder.ts'

const largestBytes = 16 * 1024 * 1024

export function openRunLog(state: StateFolder): Logger {
  const path = join(state.path, 'argo.log')
  try {
    if (statSync(path).size > largestBytes) truncateSync(path)
  } catch {
    // There is none yet.
  }
  return createLogger({ level: 'info', write: (line) => appendFileSync(path, line, { mode: 0o600 }) })
}
