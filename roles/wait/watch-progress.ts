// Reports the progress that main writes into its progress file, at most once per tick and once more at the end.

import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorMessage } from '../../src/errors/argo-error.ts'
import type { Logger } from '../../src/log/logger.ts'
import { isProgress } from '../../src/results/progress.ts'

export interface ProgressWatch {
  /** Stops the ticks and reports the last value if it is new: it is not lost when main ends between two ticks. */
  finish(): Promise<void>
}

export interface WatchProgressOptions {
  readonly file: string
  readonly tickMs: number
  readonly report: (progress: string) => Promise<void>
  readonly log: Logger
}

/** A value that cannot be reported is logged, never an error of the step. */
export function watchProgress({ file, tickMs, report, log }: WatchProgressOptions): ProgressWatch {
  mkdirSync(dirname(file), { recursive: true })
  let last: string | undefined
  let running: Promise<void> = Promise.resolve()
  const tell = async (): Promise<void> => {
    const progress = readProgress(file)
    if (progress === undefined || progress === last) return
    last = progress
    try {
      await report(progress)
    } catch (error) {
      log.warn('cannot report progress', { progress, error: errorMessage(error) })
    }
  }
  const timer = setInterval(() => {
    running = running.then(tell)
  }, tickMs)
  return {
    finish: () => {
      clearInterval(timer)
      return running.then(tell)
    },
  }
}

const tailBytes = 4096

/** The last line, when it is progress; anything else is ignored. */
function readProgress(file: string): string | undefined {
  let descriptor: number
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile()) return undefined
    const start = Math.max(0, stats.size - tailBytes)
    const bytes = Buffer.alloc(stats.size - start)
    const text = bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, start))
    const line = text.trim().split('\n').at(-1)?.trim() ?? ''
    return isProgress(line) ? line : undefined
  } finally {
    closeSync(descriptor)
  }
}
