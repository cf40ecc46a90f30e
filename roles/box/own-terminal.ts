// Makes the terminal that the engine put on standard input this container's own: job control, /dev/tty, Ctrl-C.

import { closeSync, fchownSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { BoxUser } from '../../src/local/box/box-spec.ts'
import { startSession } from '../../src/process/libc.ts'

/** Does nothing for a container without a terminal. */
export function ownTerminal(user: BoxUser | undefined): void {
  if (!isatty(0)) return
  // `echo > /dev/stderr` opens it again as whoever the command runs as.
  if (user !== undefined) fchownSync(0, user.uid, -1)
  startSession()
  // The first terminal that the leader of a session opens becomes the session's.
  closeSync(openSync('/proc/self/fd/0', 'r+'))
}
