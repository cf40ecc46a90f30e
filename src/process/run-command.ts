// Runs the user's command as its wrapper: forwards signals, reaps orphans, ends when the command itself ends.

import { fstatSync } from 'node:fs'
import type { Capture } from './capture.ts'
import { exitCodeOf } from './exit-status.ts'
import { becomeSubreaper, kill, ownsTerminal, waitForAny } from './libc.ts'
import { hearMailboxSignals } from './mailbox-signals.ts'
import { signalNumber, type SignalEars } from './signals.ts'
import { spawn, type SpawnRequest } from './spawn.ts'

export interface CommandRequest extends Omit<SpawnRequest, 'stdio' | 'terminal'> {
  /** What this process hears; opened early, so that neither a signal nor the command's end is missed. */
  readonly ears: SignalEars
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
  const { ears, capture } = request
  let stopMail: (() => void) | undefined
  try {
    // Where the pod shares one PID namespace, orphans of the command would go to the pause process otherwise.
    if (process.pid !== 1) becomeSubreaper()
    const command = spawn({
      ...request,
      stdio: capture?.stdio ?? [0, 1, 2],
      ...(isTerminalDevice(0) && ownsTerminal(0) ? { terminal: 0 } : {}),
    })
    capture?.start()
    const forward = (signal: number): void => {
      request.onForward?.(signal)
      sendToGroup(command, signal)
    }
    const code = await new Promise<number>((resolve, reject) => {
      ears.hear((signal) => {
        if (signal === signalNumber.CHLD) reapAll(command, resolve)
        // parity: Go's runtime keeps this one for itself.
        else if (signal !== signalNumber.URG) forward(signal)
      })
      // It may have ended before anybody listened.
      reapAll(command, resolve)
      stopMail = hearMail(request.containerDir, forward, reject)
    })
    // Nobody is left to forward to: the number may soon belong to another process.
    ears.hear(reapOnly)
    await capture?.finish()
    return code
  } finally {
    stopMail?.()
    ears.hear(reapOnly)
    capture?.close()
  }
}

/** To watch the mailbox costs a millisecond of CPU, which a command that ends at once need not pay. */
const mailAfterMs = 20

/** Returns what ends it. */
function hearMail(
  containerDir: string,
  onSignal: (signal: number) => void,
  onError: (error: unknown) => void,
): () => void {
  let stop: AbortController | undefined
  const timer = setTimeout(() => {
    stop = new AbortController()
    hearMailboxSignals(containerDir, { signal: stop.signal }, onSignal).catch(onError)
  }, mailAfterMs)
  return () => {
    clearTimeout(timer)
    stop?.abort()
  }
}

/** Cheap enough for every start: /dev/null and its like have the major number 1. */
function isTerminalDevice(descriptor: number): boolean {
  const stats = fstatSync(descriptor)
  return stats.isCharacterDevice() && stats.rdev >> 8 !== 1
}

/** While outputs are staged a signal must not end us, and orphans still want to be reaped. */
function reapOnly(signal: number): void {
  if (signal === signalNumber.CHLD) reapAll(0, () => {})
}

function reapAll(command: number, onEnd: (code: number) => void): void {
  for (let child = waitForAny(); child !== undefined; child = waitForAny()) {
    if (child.pid === command) onEnd(exitCodeOf(child.status))
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
