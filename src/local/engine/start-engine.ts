// The kubelet of a laptop: takes the pods of one workflow from the API, runs them as processes, tells how they fare.

import { createReadStream, existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import type { KubeletHooks } from '../api/hooks.ts'
import { labels } from '../../pod/names.ts'
import type { EngineOptions } from './engine-options.ts'
import { execInContainer } from './exec-in-container.ts'
import { startOfLastLines, stampLines } from './log-lines.ts'
import { readLogTimes } from './log-times.ts'
import { podResource, type Pod } from './pod.ts'
import { runPod, type RunningPod } from './run-pod.ts'
import type { RunningContainer } from './run-container.ts'
import { createSlots } from './slots.ts'
import { watchPods } from './watch-pods.ts'

export interface Engine {
  /** The API's questions to a kubelet. */
  readonly hooks: KubeletHooks
  /** Stops all pods, the containers with `graceMs` to end by themselves. Resolves when nothing of them is left. */
  close(graceMs: number): Promise<void>
}

const defaultGraceMs = 30_000

export function startEngine(options: EngineOptions): Engine {
  const pods = new Map<string, RunningPod>()
  const slots = createSlots(options.parallelism)
  const nodeName = hostname()
  const watching = new AbortController()
  const onPod = (pod: Pod): void => {
    const uid = pod.metadata.uid ?? ''
    const known = pods.get(uid)
    if (pod.metadata.deletionTimestamp !== undefined) {
      void remove(pod, known)
      return
    }
    if (known !== undefined || isOver(pod)) return
    pods.set(uid, runPod(pod, { options, nodeName, slots }))
  }
  const onGone = (pod: Pod): void => {
    void pods.get(pod.metadata.uid ?? '')?.stop(0)
  }
  const remove = async (pod: Pod, known: RunningPod | undefined): Promise<void> => {
    // A later call may have shortened what the pod asks for: the API keeps what holds now.
    const seconds = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds
    await known?.stop(seconds === undefined ? defaultGraceMs : seconds * 1000)
    const { name = '', uid } = pod.metadata
    const call = { gracePeriodSeconds: 0, ...(uid === undefined ? {} : { preconditionUid: uid }) }
    await options.api.delete(podResource, options.namespace, name, call).catch(() => undefined)
  }
  const find = (uid: string, container: string): RunningContainer | undefined =>
    pods.get(uid)?.container(container)
  const watched = watchPods({
    api: options.api,
    namespace: options.namespace,
    labelSelector: `${labels.workflow}=${options.workflowName}`,
    signal: watching.signal,
    onPod,
    onGone,
  }).catch((error: unknown) => options.log.error('watch pods', { error: errorMessage(error) }))
  return {
    hooks: {
      async *log({ pod, podUid, container, follow, tailLines, timestamps, signal }) {
        const path = join(options.folders.logs, pod, `${container}.log`)
        if (!existsSync(path)) throw notStarted(container, pod)
        const start = tailLines === undefined ? 0 : startOfLastLines(path, tailLines)
        // Logs outlive the run whose containers wrote them.
        const chunks =
          find(podUid, container)?.log.read({ follow, signal, start }) ?? createReadStream(path, { start })
        yield* timestamps ? stampLines(chunks, start, readLogTimes(path)) : chunks
      },
      exec({ podUid, container, command, signal }) {
        const running = find(podUid, container)
        if (running === undefined)
          return Promise.resolve({ exitCode: 126, stdout: '', stderr: 'the container is not running\n' })
        return execInContainer(running, command, signal)
      },
    },
    async close(graceMs) {
      watching.abort(new Error('the engine is being closed'))
      await Promise.all([...pods.values()].map((pod) => pod.stop(graceMs)))
      await watched
      await options.boxes.close()
    },
  }
}

function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

function notStarted(container: string, pod: string): ArgoError {
  return new ArgoError(
    `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod)} is waiting to start`,
    { code: 'ERR_BAD_REQUEST' },
  )
}
