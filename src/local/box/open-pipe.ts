// A real pipe for the output of a container: what Node makes by itself is a socket, which `/dev/stdout` cannot open.

import { fchmodSync } from 'node:fs'
import { Socket } from 'node:net'
import { pipe } from '../../process/libc.ts'

export interface OutputPipe {
  readonly read: Socket
  /** Descriptor for the child; the caller closes its own copy after the start. */
  readonly write: number
}

export function openPipe(): OutputPipe {
  const { read, write } = pipe()
  // `echo > /dev/stderr` opens the pipe again, maybe as another user of the container.
  fchmodSync(write, 0o666)
  return { read: new Socket({ fd: read, readable: true, writable: false }), write }
}
