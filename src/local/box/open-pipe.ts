// A real pipe for the output of a container: what Node makes by itself is a socket, which `/dev/stdout` cannot open.

import { closeSync, fchmodSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { pipe } from '../../process/libc.ts'

/** Where a container reads from and writes to. */
export interface BoxStreams {
  /** Standard input of the child. */
  readonly input: 'ignore' | number
  /** Descriptor for the output of the child. */
  readonly write: number
  /** What the container writes. */
  readonly output: Readable
  /** To be called when the child has been started with copies of its descriptors. */
  handedOver(): void
  /** To be called when the child has ended. */
  ended(): void
}

export function openPipe(): BoxStreams {
  const { read, write } = pipe()
  // `echo > /dev/stderr` opens the pipe again, maybe as another user of the container.
  fchmodSync(write, 0o666)
  return {
    input: 'ignore',
    write,
    output: new Socket({ fd: read, readable: true, writable: false }),
    handedOver: () => closeSync(write),
    // Its end is seen by the reader, after all that was written.
    ended: () => undefined,
  }
}
