// Runs the user's command as its wrapper: forwards signals, reaps orphans, ends when the command itself ends.

import { becomeSubreaper, kill, ownsTerminal, waitForAny } from './libc.ts'
import type { Capture } from './capture.ts'
import { exitCodeOf } from './exit-status.ts'
import { hearMailboxSignals } from './mailbox-signals.ts'
import { listenToSignals, signalNumber } from './signals.ts'
import { spawn, type SpawnRequest } from './spawn.ts'

export interface CommandRequest extends Omit<SpawnRequest, 'stdio' | 'terminal'> {
  /** The mailbox folder of the container, where signals may lie. */
  readonly containerDir: string
  /** Copies of the command's output, when somebody will ask for them. */
  readonly capture?: Capture
  readonly onForward?: (signal: number) => void
}

/**
 * Resolves with the exit code (0-255, 128 + n for signal n) as soon as the command itself has ended and what it wrote
 * has been copied; processes that it left behind are not waited for. Throws ERR_PROCESS when it cannot be started.
 */
export async function runCommand(request: CommandRequest): Promise<number> {
  const stop = new AbortController()
  const early: number[] = []
  let forward = (signal: number): void => void early.push(signal)
  let reap = (): void => {}
  // Before the start, so that neither a signal nor the end of the command can be missed.
  const ears = listenToSignals((signal) => {
    if (signal === signalNumber.CHLD) reap()
    // parity: a runtime's own signal in Go, never forwarded there.
    else if (signal !== signalNumber.URG) forward(signal)
  })
  try {
    // Where the pod shares one PID namespace, orphans of the command would go to the pause process otherwise.
    if (process.pid !== 1) becomeSubreaper()
    const command = spawn({
      ...request,
      stdio: request.capture?.stdio ?? [0, 1, 2],
      ...(ownsTerminal(0) ? { terminal: 0 } : {}),
    })
    request.capture?.start()
    forward = (signal) => {
      request.onForward?.(signal)
      sendToGroup(command, signal)
    }
    for (const signal of early) forward(signal)
    const mail = hearMailboxSignals(request.containerDir, { signal: stop.signal }, forward)
    const ended = new Promise<number>((resolve) => {
      reap = () => {
        for (let child = waitForAny(); child !== undefined; child = waitForAny()) {
          if (child.pid === command) resolve(exitCodeOf(child.status))
        }
      }
    })
    // The command may have ended before `reap` was in place.
    reap()
    const code = await Promise.race([ended, mail.then(() => ended)])
    stop.abort()
    await mail
    // From here on nobody is left to forward to: the pid may belong to somebody else soon.
    forward = () => {}
    await request.capture?.finish()
    return code
  } finally {
    stop.abort()
    request.capture?.close()
    ears.close()
  }
}

/** parity: falls back to the process alone. One that is gone or became another user's cannot be helped. */
function sendToGroup(command: number, signal: number): void {
  for (const target of [-command, command]) {
    try {
      kill(target, signal)
      return
    } catch {}
  }
}
