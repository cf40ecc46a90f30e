// A pseudo-terminal for a container with `tty: true`: the container has one end, the engine reads the other.

import { closeSync, constants, openSync, readSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { ReadStream } from 'node:tty'
import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import { unlockTerminal } from '../../process/libc.ts'
import type { BoxStreams } from './open-pipe.ts'

/** Throws ERR_ISOLATION where the machine gives no terminals. Nobody types: a read by the container waits. */
export function openTerminal(): BoxStreams {
  const { master, slave } = openPair()
  const source = new ReadStream(master)
  const output = new PassThrough()
  source.on('data', (chunk: Buffer) => output.write(chunk))
  source.on('error', () => undefined)
  return {
    input: slave,
    write: slave,
    output,
    // Our copy of the container's end stays open: when its last one is closed, the runtime stops reading at once and
    // loses what the kernel still holds.
    handedOver: () => undefined,
    ended() {
      source.pause()
      drain(master, (chunk) => output.write(chunk))
      source.destroy()
      closeSync(slave)
      output.end()
    },
  }
}

/** Both are closed in other programs, and neither becomes the terminal of this process. */
function openPair(): { readonly master: number; readonly slave: number } {
  let master: number | undefined
  try {
    master = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
    return { master, slave: openSync(unlockTerminal(master), constants.O_RDWR | constants.O_NOCTTY) }
  } catch (error) {
    if (master !== undefined) closeSync(master)
    throw new ArgoError(`make the terminal that 'tty: true' asks for: ${errorMessage(error)}`, {
      code: 'ERR_ISOLATION',
      cause: error,
    })
  }
}

/** All that was written so far; the descriptor was opened so that it does not block. */
function drain(master: number, onChunk: (chunk: Buffer) => void): void {
  const chunk = Buffer.alloc(65536)
  try {
    for (let length = readSync(master, chunk); length > 0; length = readSync(master, chunk)) {
      onChunk(Buffer.from(chunk.subarray(0, length)))
    }
  } catch {
    // EAGAIN: that was all.
  }
}
