// When each piece of a log came, in a file beside the log: for `kubectl logs --timestamps`.

import { appendFileSync, openSync, closeSync, readSync } from 'node:fs'

/** Two numbers per note, little-endian doubles: offset in the log, milliseconds since 1970. */
const noteBytes = 16

export interface LogTimes {
  /** What is written at `offset` came now. */
  note(offset: number): void
}

export function startLogTimes(logPath: string): LogTimes {
  const path = timesPath(logPath)
  closeSync(openSync(path, 'w', 0o600))
  let last = 0
  return {
    note(offset) {
      const now = Date.now()
      // One note per millisecond is enough, however small the pieces are.
      if (now === last) return
      last = now
      const bytes = Buffer.alloc(noteBytes)
      bytes.writeDoubleLE(offset, 0)
      bytes.writeDoubleLE(now, 8)
      try {
        appendFileSync(path, bytes)
      } catch {
        // The disk is full: the log says so itself, its lines then have the time of the last note.
      }
    },
  }
}

/** Tells for rising offsets of a log, also of one that grows, when its bytes came; the epoch where nothing is known. */
export function readLogTimes(logPath: string): (offset: number) => Date {
  const path = timesPath(logPath)
  let position = 0
  let time = 0
  let next: readonly [offset: number, time: number] | undefined
  return (offset) => {
    for (;;) {
      next ??= readNote(path, position)
      if (next === undefined || next[0] > offset) return new Date(time)
      time = next[1]
      position += noteBytes
      next = undefined
    }
  }
}

function timesPath(logPath: string): string {
  return `${logPath}.times`
}

function readNote(path: string, position: number): readonly [number, number] | undefined {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    return undefined // the log is older than these notes
  }
  try {
    const bytes = Buffer.alloc(noteBytes)
    if (readSync(descriptor, bytes, 0, noteBytes, position) < noteBytes) return undefined
    return [bytes.readDoubleLE(0), bytes.readDoubleLE(8)]
  } finally {
    closeSync(descriptor)
  }
}
