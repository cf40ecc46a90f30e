// Writes a pod's status to the API: one write at a time, always the newest state, none for a state that was overtaken.

import { errorMessage, hasCode } from '../../errors/argo-error.ts'
import { sleep } from '../../util/sleep.ts'
import type { EngineOptions } from './engine-options.ts'
import { podResource, type Pod, type PodStatus } from './pod.ts'

export interface StatusWriter {
  changed(): void
  /** Resolves when the newest state is written, or the pod is gone. */
  flush(): Promise<void>
}

const attempts = 5
const pauseMs = 100

export function createStatusWriter(
  pod: Pod,
  { api, namespace, log }: Pick<EngineOptions, 'api' | 'namespace' | 'log'>,
  current: () => PodStatus,
): StatusWriter {
  const name = pod.metadata.name ?? ''
  let dirty = false
  let working: Promise<void> | undefined
  const write = async (): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await api.patch(
          podResource,
          namespace,
          name,
          'merge',
          { status: current() },
          { subresource: 'status' },
        )
        return
      } catch (error) {
        if (hasCode(error, 'ERR_NOT_FOUND')) return
        if (attempt === attempts) {
          log.error('write the status of a pod', { pod: name, error: errorMessage(error) })
          return
        }
        await sleep(pauseMs * attempt)
      }
    }
  }
  const work = async (): Promise<void> => {
    while (dirty) {
      // What changes in this turn of the event loop is one write.
      await new Promise(setImmediate)
      dirty = false
      await write()
    }
    working = undefined
  }
  const changed = (): void => {
    dirty = true
    working ??= work()
  }
  return {
    changed,
    async flush() {
      changed()
      await working
    },
  }
}
