// Every error on the way of wait: none of them stops it, all are logged, the first becomes the container's message.

import { errorMessage } from '../../src/errors/argo-error.ts'
import type { Logger } from '../../src/log/logger.ts'

export interface Failures {
  /** Logs and keeps the error. */
  add(error: unknown): void
  readonly first: string | undefined
}

export function collectFailures(log: Logger): Failures {
  let first: string | undefined
  return {
    add: (error) => {
      const message = errorMessage(error)
      log.error(message)
      first ??= message
    },
    get first() {
      return first
    },
  }
}

/** Runs one part of the collecting; its error does not stop the others. */
export async function attempt<T>(failures: Failures, work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    failures.add(error)
    return undefined
  }
}
