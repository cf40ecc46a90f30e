// Copies of the command's output for wait (script results, archived logs), while it goes on to the container's log.

import { closeSync, openSync, readSync, write, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { ArgoError, errorMessage } from '../errors/argo-error.ts'
import { mailbox } from '../pod/paths.ts'
import { pipe } from './libc.ts'

/** How long processes that the command left behind may go on writing into its pipes (spec executor 3.3). */
const drainMs = 100
const chunkBytes = 64 * 1024
const largestPipeBytes = 1024 * 1024
const fullLogMs = 5

export interface Capture {
  /** What the command gets as 0, 1 and 2: our own input, and a pipe for each output. */
  readonly stdio: readonly [number, number, number]
  /** Call when the command has its ends of the pipes. */
  start(): void
  /**
   * Call when the command has ended: resolves when all that it wrote is copied. Throws ERR_PROCESS when a copy could
   * not be written, for instance to a full disk.
   */
  finish(): Promise<void>
  /** Releases everything, in any state; never throws. */
  close(): void
}

/**
 * `stdout` goes to descriptor 1 and to the files `stdout` and `combined`, `stderr` to descriptor 2 and `combined`, in
 * the order in which they were read; files are appended to (spec executor 3.1).
 */
export function openCapture(containerDir: string): Capture {
  const open = (name: string): number => openSync(join(containerDir, name), 'a', 0o644)
  const files = { stdout: open(mailbox.stdout), combined: open(mailbox.combined) }
  const copies = [openCopy(1, [files.stdout, files.combined]), openCopy(2, [files.combined])] as const
  let closed = false
  return {
    stdio: [0, copies[0].given, copies[1].given],
    start: () => {
      for (const copy of copies) copy.start()
    },
    finish: async () => {
      const late = setTimeout(() => copies.forEach((copy) => copy.cut()), drainMs)
      const results = await Promise.allSettled(copies.map((copy) => copy.ended))
      clearTimeout(late)
      for (const result of results) {
        if (result.status === 'rejected') throw result.reason
      }
    },
    close: () => {
      if (closed) return
      closed = true
      for (const copy of copies) copy.close()
      closeSync(files.stdout)
      closeSync(files.combined)
    },
  }
}

interface Copy {
  /** The writing end of the pipe, for the command. */
  readonly given: number
  readonly ended: Promise<void>
  start(): void
  /** Takes what the pipe holds at this moment and ends. */
  cut(): void
  close(): void
}

/** One pipe from the command to `target`, which is shared with others and may block, and to `files`. */
function openCopy(target: number, files: readonly number[]): Copy {
  // Loaded here, since most commands are not captured.
  const net = process.getBuiltinModule('node:net')
  // It compares each socket that it closes with process.stderr, which would be made for that, and make the log
  // non-blocking for all who share it.
  Object.defineProperty(process, 'stderr', { value: undefined, configurable: true })
  const ends = pipe()
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  // Looked at only after the command has ended.
  ended.catch(() => {})
  let given: number | undefined = ends.write
  let socket: Socket | undefined
  let broken = false
  let failure: unknown
  let passing = Promise.resolve()

  const copy = (chunk: Buffer): void => {
    try {
      for (const file of failure === undefined ? files : []) writeWhole(file, chunk)
    } catch (error) {
      // The command goes on, and its log too; the step fails at its end.
      failure = error
    }
  }
  const pass = async (chunk: Buffer): Promise<void> => {
    try {
      for (let rest = chunk; rest.length > 0 && !broken;) rest = rest.subarray(await writeSome(target, rest))
    } catch {
      // Nobody reads the log any more: the command shall meet the broken pipe that it would have met without us.
      broken = true
      socket?.destroy()
    }
  }
  const end = (): void => {
    const settle = (): void => (failure === undefined ? resolve() : reject(captureFailed(failure)))
    void passing.then(settle)
  }
  const closeGiven = (): void => {
    if (given !== undefined) closeSync(given)
    given = undefined
  }
  return {
    given: ends.write,
    ended,
    start: () => {
      closeGiven()
      const onData = (count: number, buffer: Uint8Array): boolean => {
        const chunk = Buffer.from(buffer.buffer, buffer.byteOffset, count)
        copy(chunk)
        passing = pass(chunk).then(() => void socket?.resume())
        // Reading stops until the log has taken this one: the buffer is the only one, and the command must be slowed.
        return false
      }
      const onread = { buffer: Buffer.allocUnsafeSlow(chunkBytes), callback: onData }
      socket = new net.Socket({ fd: ends.read, readable: true, writable: false, onread })
      socket.on('close', end)
      socket.on('error', () => {})
      socket.resume()
    },
    cut: () => {
      if (socket === undefined || socket.destroyed) return
      socket.pause()
      const rest = broken ? Buffer.alloc(0) : readAvailable(ends.read)
      copy(rest)
      passing = passing.then(() => pass(rest))
      socket.destroy()
    },
    close: () => {
      closeGiven()
      if (socket === undefined) closeSync(ends.read)
      else socket.destroy()
    },
  }
}

/**
 * What the pipe holds now: what the command wrote before its end is in there even when a busy machine left us no time
 * to read it. Bounded by the largest pipe of the system, since others may go on writing.
 */
function readAvailable(descriptor: number): Buffer {
  const chunks: Buffer[] = []
  for (let total = 0; total < largestPipeBytes;) {
    const chunk = Buffer.allocUnsafe(chunkBytes)
    let count: number
    try {
      // libuv made our end non-blocking: an empty pipe is an error.
      count = readSync(descriptor, chunk)
    } catch {
      break
    }
    if (count === 0) break
    chunks.push(chunk.subarray(0, count))
    total += count
  }
  return Buffer.concat(chunks)
}

function captureFailed(cause: unknown): ArgoError {
  const message = `copy the output of the command for the end of the step: ${errorMessage(cause)}`
  return new ArgoError(message, { code: 'ERR_PROCESS', cause })
}

function writeWhole(descriptor: number, chunk: Buffer): void {
  for (let offset = 0; offset < chunk.length;) offset += writeSync(descriptor, chunk, offset)
}

/** Off the main thread, because a full pipe to the log blocks, and signals must be forwarded meanwhile. */
function writeSome(descriptor: number, chunk: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, chunk, (error, count) => {
      if (error === null) resolve(count)
      // Somebody made the log non-blocking for all who share it: it is full for now.
      else if (error.code === 'EAGAIN') setTimeout(() => resolve(0), fullLogMs)
      else reject(error)
    })
  })
}
