// A command without the executor's wrapper, as user init containers have it: run as the container's only command.

import { writeSync } from 'node:fs'
import { errorMessage } from '../../src/errors/argo-error.ts'
import { exitCodeOf } from '../../src/process/exit-status.ts'
import { joinNul } from '../../src/process/given-bytes.ts'
import { kill, waitForAny } from '../../src/process/libc.ts'
import { lookPath } from '../../src/process/look-path.ts'
import { listenToSignals, signalNumber } from '../../src/process/signals.ts'
import { spawn } from '../../src/process/spawn.ts'

/**
 * The exit code of the command; 127 when it is not there or cannot be started. It is not executed in the place of this
 * process: Node ignores SIGPIPE and blocks SIGUSR1, and a program would inherit both.
 */
export async function becomeCommand(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const ears = listenToSignals()
  const [name = '', ...args] = words.map((word) => Buffer.from(word))
  const environ = joinNul(Object.entries(env).map(([key, value]) => Buffer.from(`${key}=${value}`)))
  let command: number
  try {
    const path = lookPath(Buffer.from(name), Buffer.from(env['PATH'] ?? ''))
    command = spawn({ path, argv: joinNul([Buffer.from(name), ...args]), environ, stdio: [0, 1, 2] })
  } catch (error) {
    writeSync(2, `${errorMessage(error)}\n`)
    return 127
  }
  return new Promise((resolve) => {
    const reap = (): void => {
      for (let child = waitForAny(); child !== undefined; child = waitForAny()) {
        if (child.pid === command) resolve(exitCodeOf(child.status))
      }
    }
    ears.hear((signal) => {
      if (signal === signalNumber.CHLD) reap()
      else if (signal !== signalNumber.URG) tell(command, signal)
    })
    // It may have ended before anybody listened.
    reap()
  })
}

/** The whole group, as a terminal would. */
function tell(command: number, signal: number): void {
  try {
    kill(-command, signal)
  } catch {
    // It has ended; its code is on the way.
  }
}
