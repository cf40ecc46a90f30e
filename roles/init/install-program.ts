// Puts this program where main's containers find it.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isSea } from 'node:sea'
import type { Logger } from '../../src/log/logger.ts'
import { installExecutable } from '../../src/process/install-executable.ts'

export function installProgram(folder: string, log: Logger): void {
  // Run from sources there is no executable to install; only tests do that.
  if (!isSea()) {
    log.warn('not the built program: nothing to install', { folder })
    return
  }
  // Renamed into place as the last of its files; a laptop's engine puts the program there before the pod starts.
  if (existsSync(join(folder, 'argoexec'))) {
    log.debug('the program is there already', { folder })
    return
  }
  const started = performance.now()
  installExecutable({ executable: process.execPath, folder })
  log.info('installed the program', { folder, ms: Math.round(performance.now() - started) })
}
