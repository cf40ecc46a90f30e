// Waits until main has ended, however that happens: by itself, at the deadline, by SIGKILL, or told to by the controller.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../../src/log/logger.ts'
import { containerDir, mailbox } from '../../src/pod/paths.ts'
import { fileAppears } from '../../src/process/watch-file.ts'
import { readWitness, watchWitness } from '../../src/process/witness.ts'
import { sleep } from '../../src/util/sleep.ts'
import { stopMain } from './stop-main.ts'

export interface WatchMainOptions {
  readonly varRunArgo: string
  /** Names of the main containers. */
  readonly names: readonly string[]
  readonly deadline: Date | undefined
  readonly graceMs: number
  /** Aborted when this container is told to end (SIGTERM). */
  readonly terminated: AbortSignal
  /** Called once, before main is stopped at its deadline. */
  readonly onDeadline: () => void
  readonly log: Logger
}

/** How long a main that has not started is waited for when wait is told to end, at most. */
const startMs = 2000
/** How much of the grace period is kept for collecting, at most. */
const collectMs = 10_000

/**
 * `exited`: the exit code is there, and with it all outputs. `killed`: main is gone without one. `unknown`: it may be
 * running still, but wait may not.
 */
export type MainEnd = 'exited' | 'killed' | 'unknown'

export async function watchMain(options: WatchMainOptions): Promise<MainEnd> {
  const stop = new AbortController()
  const ended = Promise.all(
    options.names.map((name) => containerEnd(containerDir(name, options.varRunArgo), stop.signal)),
  )
  const races = [
    ended.then(combine),
    deadlineEnd(options, ended, stop.signal),
    terminatedEnd(options, ended, stop.signal),
  ]
  for (const race of [ended, ...races]) race.catch(() => undefined)
  try {
    return await Promise.race(races)
  } finally {
    stop.abort()
  }
}

type ContainerEnd = 'exited' | 'killed'

async function containerEnd(folder: string, signal: AbortSignal): Promise<ContainerEnd> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const exitCode = join(folder, mailbox.exitCode)
  const appeared = fileAppears(exitCode, { signal: either }).then((): ContainerEnd => 'exited')
  // Its last act is to write the exit code, so a look after its end settles the matter.
  const gone = watchWitness(folder, { signal: either }).then((): ContainerEnd =>
    existsSync(exitCode) ? 'exited' : 'killed',
  )
  for (const one of [appeared, gone]) one.catch(() => undefined)
  try {
    return await Promise.race([appeared, gone])
  } finally {
    stop.abort()
  }
}

function combine(ends: readonly ContainerEnd[]): MainEnd {
  return ends.includes('killed') ? 'killed' : 'exited'
}

async function deadlineEnd(
  options: WatchMainOptions,
  ended: Promise<readonly ContainerEnd[]>,
  signal: AbortSignal,
): Promise<MainEnd> {
  if (options.deadline === undefined) return never(signal)
  await sleep(Math.max(0, options.deadline.getTime() - Date.now()), signal)
  options.log.warn('the step exceeded its deadline, stopping main', {
    deadline: options.deadline.toISOString(),
  })
  options.onDeadline()
  return (await stopMain({ ...options, ended, signal })) ? combine(await ended) : 'unknown'
}

// deviates: Argo collects at once, and so loses what main writes in its last seconds.
/**
 * Whoever told wait to end has told main too. Its outputs are not there before it has ended, so wait gives it the time
 * it has, less what collecting needs: the kubelet kills both when the grace period is over. A main that never started
 * is given a moment only: its image may be one that never comes.
 */
async function terminatedEnd(
  options: WatchMainOptions,
  ended: Promise<readonly ContainerEnd[]>,
  signal: AbortSignal,
): Promise<MainEnd> {
  await aborted(options.terminated, signal)
  const firstMs = Math.min(startMs, options.graceMs / 3)
  const lastMs = Math.min(collectMs, options.graceMs / 3)
  options.log.info('told to end, waiting for main to end first', {
    waitMs: Math.round(options.graceMs - lastMs),
  })
  await Promise.race([ended, sleep(firstMs, signal)])
  const started = options.names.some(
    (name) => readWitness(containerDir(name, options.varRunArgo)) !== 'never-started',
  )
  if (started) await Promise.race([ended, sleep(options.graceMs - firstMs - lastMs, signal)])
  return 'unknown'
}

function aborted(what: AbortSignal, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (what.aborted) resolve()
    what.addEventListener('abort', () => resolve(), { once: true, signal })
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

async function never(signal: AbortSignal): Promise<never> {
  await aborted(signal, new AbortController().signal)
  throw signal.reason as Error
}
