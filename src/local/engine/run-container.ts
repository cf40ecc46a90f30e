// The life of one container: its box is started, its output kept, its end and its last words told.

import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { errorMessage } from '../../errors/argo-error.ts'
import { sleep } from '../../util/sleep.ts'
import type { Box } from '../box/launch-box.ts'
import type { BoxSpec } from '../box/box-spec.ts'
import { createLogFile, type LogFile } from './log-file.ts'
import type { PodContainer, TerminatedState } from './pod.ts'
import { timestamp } from './pod-state.ts'

export interface RunningContainer {
  readonly name: string
  readonly log: LogFile
  /** Pid of its first process on the host, once it runs. */
  readonly pid: () => number | undefined
  kill(signal: number | NodeJS.Signals): void
  /** Never rejects: a container that could not be started ends with reason StartError. */
  readonly ended: Promise<TerminatedState>
}

export interface RunContainerOptions {
  readonly container: PodContainer
  readonly box: Box
  readonly spec: BoxSpec
  readonly logPath: string
  /** File of the host that the container sees as its termination log. */
  readonly terminationLog: string
  readonly onStart: () => void
  readonly onChunk: (chunk: Buffer) => void
}

export function runContainer(options: RunContainerOptions): RunningContainer {
  const { box, spec, container } = options
  const log = createLogFile(options.logPath, box.output, options.onChunk)
  let pid: number | undefined
  const run = async (): Promise<TerminatedState> => {
    const startedAt = timestamp()
    try {
      pid = await box.start(spec)
    } catch (error) {
      box.kill('SIGKILL')
      await box.ended
      return {
        exitCode: 128,
        reason: 'StartError',
        message: errorMessage(error),
        startedAt,
        finishedAt: timestamp(),
      }
    }
    options.onStart()
    const { exitCode } = await box.ended
    // With the PID namespace everything that could write is gone; without one a stray process must not hold the pod.
    await Promise.race([log.ended, sleep(longestDrainMs)])
    const message = lastWords(options, exitCode)
    return {
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      ...(message === '' ? {} : { message }),
      startedAt,
      finishedAt: timestamp(),
    }
  }
  return { name: container.name, log, pid: () => pid, kill: (signal) => box.kill(signal), ended: run() }
}

/** Makes the file that the container will see; writable for whoever it runs as. */
export function makeTerminationLog(folder: string, container: string): string {
  const path = join(folder, container)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
  chmodSync(path, 0o666)
  return path
}

const longestDrainMs = 2000
const longestMessage = 4096
const longestFallback = 2048

/** As the kubelet: the end of the termination log, or of the output when that is asked for and the log is empty. */
function lastWords({ container, terminationLog, logPath }: RunContainerOptions, exitCode: number): string {
  const text = readEnd(terminationLog, longestMessage)
  if (text !== '' || exitCode === 0 || container.terminationMessagePolicy !== 'FallbackToLogsOnError')
    return text
  return readEnd(logPath, longestFallback)
}

function readEnd(path: string, longest: number): string {
  try {
    const { size } = statSync(path)
    if (size <= longest) return readFileSync(path, 'utf8')
    const descriptor = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(longest)
      const length = readSync(descriptor, bytes, 0, longest, size - longest)
      return bytes.toString('utf8', 0, length)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return '' // the container may have removed or replaced it
  }
}
