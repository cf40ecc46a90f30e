// The life of one pod, as a kubelet leads it: prepare, init containers one after the other, containers together, an end.

import { mkdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorMessage } from '../../errors/argo-error.ts'
import { sleep } from '../../util/sleep.ts'
import { annotations } from '../../pod/names.ts'
import type { EngineOptions } from './engine-options.ts'
import { onceAborted } from './once-aborted.ts'
import { platformMismatch } from './platform.ts'
import { podResource, type Pod, type PodContainer, type TerminatedState } from './pod.ts'
import { createPodState, isEnded, timestamp, type PodState } from './pod-state.ts'
import { preparePod, type PreparedPod } from './prepare-pod.ts'
import { runContainer, type RunningContainer } from './run-container.ts'
import type { Slots } from './slots.ts'
import { createStatusWriter } from './status-writer.ts'

export interface RunningPod {
  readonly pod: Pod
  container(name: string): RunningContainer | undefined
  /** Asks every container to end, and kills what is left after the grace period. Resolves when all have ended. */
  stop(graceMs: number): Promise<void>
  /** Resolves when nothing of the pod is left; never rejects. */
  readonly ended: Promise<void>
}

export interface RunPodContext {
  readonly options: EngineOptions
  readonly nodeName: string
  readonly slots: Slots
}

const defaultGraceMs = 30_000

export function runPod(pod: Pod, context: RunPodContext): RunningPod {
  const { options } = context
  const stopping = new AbortController()
  const running = new Map<string, RunningContainer>()
  const folder = join(options.folders.pods, pod.metadata.uid ?? '')
  const writer = createStatusWriter(pod, options, () => state.status())
  const state = createPodState(pod, () => writer.changed())
  const killAll = (signal: NodeJS.Signals): void => {
    for (const container of running.values())
      if (!isEnded(state.get(container.name) ?? { waiting: { reason: '' } })) container.kill(signal)
  }
  const stop = async (graceMs: number): Promise<void> => {
    stopping.abort(new Error('the pod is being stopped'))
    killAll(graceMs > 0 ? 'SIGTERM' : 'SIGKILL')
    const all = Promise.all([...running.values()].map((container) => container.ended))
    const timer = new AbortController()
    await Promise.race([all, sleep(graceMs, timer.signal).catch(() => undefined)])
    timer.abort()
    killAll('SIGKILL')
    await ended
  }
  const live = async (): Promise<void> => {
    const mismatch = platformMismatch(pod.spec.nodeSelector ?? {})
    if (mismatch !== undefined) {
      state.unschedulable(mismatch)
      await onceAborted(stopping.signal)
      stopping.signal.throwIfAborted()
    }
    const giveBack = await context.slots.take(stopping.signal)
    const deadline = startDeadline(pod, state, stop)
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const [prepared] = await Promise.all([
        preparePod(pod, { options, nodeName: context.nodeName, folder, signal: stopping.signal }),
        bindPod(pod, context),
      ])
      const start = (container: PodContainer, signal: AbortSignal): Promise<TerminatedState> =>
        startContainer(container, { pod, prepared, options, state, running, signal })
      for (const container of pod.spec.initContainers ?? []) {
        stopping.signal.throwIfAborted()
        if ((await start(container, stopping.signal)).exitCode !== 0) return
      }
      stopping.signal.throwIfAborted()
      const failed = new AbortController()
      const signal = AbortSignal.any([stopping.signal, failed.signal])
      await together(
        pod.spec.containers,
        (container) => start(container, signal),
        (error) => {
          // Those that run are killed, those that are being prepared do not start.
          failed.abort(error)
          killAll('SIGKILL')
        },
      )
    } finally {
      deadline.abort()
      giveBack()
    }
  }
  const finish = async (): Promise<void> => {
    try {
      await live()
    } catch (error) {
      const reason = stopping.signal.aborted ? 'Stopped' : 'StartError'
      state.fail(reason, stopping.signal.aborted ? 'the pod was stopped' : errorMessage(error))
    }
    await writer.flush()
    // Slow where a volume holds much, and nobody waits for it but the end of the run.
    await rm(folder, { recursive: true, force: true }).catch(() =>
      rmSync(folder, { recursive: true, force: true }),
    )
  }
  const ended = finish().catch((error: unknown) => {
    options.log.error('end a pod', { pod: pod.metadata.name, error: errorMessage(error) })
  })
  return { pod, container: (name) => running.get(name), stop, ended }
}

/** The scheduler's part: a pod without a node would be deleted without asking its containers. */
async function bindPod(pod: Pod, { options, nodeName }: RunPodContext): Promise<void> {
  await options.api.patch(podResource, options.namespace, pod.metadata.name ?? '', 'merge', {
    spec: { nodeName },
  })
}

/** Ends the pod when it has been there for too long, with Kubernetes' reason and text. */
function startDeadline(pod: Pod, state: PodState, stop: (graceMs: number) => Promise<void>): AbortController {
  const timer = new AbortController()
  const { activeDeadlineSeconds: seconds, terminationGracePeriodSeconds: grace } = pod.spec
  if (seconds === undefined) return timer
  void sleep(seconds * 1000, timer.signal).then(
    () => {
      state.fail('DeadlineExceeded', 'Pod was active on the node longer than the specified deadline')
      void stop(grace === undefined ? defaultGraceMs : grace * 1000)
    },
    () => undefined,
  )
  return timer
}

/** Runs all to their ends; one that cannot even be started takes the others with it. */
async function together(
  containers: readonly PodContainer[],
  start: (container: PodContainer) => Promise<TerminatedState>,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const results = await Promise.allSettled(
    containers.map(async (container) => {
      try {
        await start(container)
      } catch (error) {
        onFailure(error)
        throw error
      }
    }),
  )
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

interface StartContext {
  readonly pod: Pod
  readonly prepared: PreparedPod
  readonly options: EngineOptions
  readonly state: PodState
  readonly running: Map<string, RunningContainer>
  readonly signal: AbortSignal
}

async function startContainer(container: PodContainer, context: StartContext): Promise<TerminatedState> {
  const { pod, prepared, options, state, running, signal } = context
  const { name } = container
  const box = container.tty === true ? options.boxes.takeTerminal() : options.boxes.take()
  const { spec, terminationLog, release } = await prepared.specFor(container).catch((error: unknown) => {
    box.kill('SIGKILL')
    throw error
  })
  if (signal.aborted) {
    release()
    box.kill('SIGKILL')
    throw signal.reason as Error
  }
  const podName = pod.metadata.name ?? ''
  const node = pod.metadata.annotations?.[annotations.nodeName] ?? podName
  const started = runContainer({
    container,
    box,
    spec,
    terminationLog,
    logPath: join(options.folders.logs, podName, `${name}.log`),
    onStart: () => state.set(name, { running: { startedAt: timestamp() } }),
    onChunk: (chunk) => options.onOutput?.({ pod: podName, node, container: name, chunk }),
  })
  running.set(name, started)
  const terminated = await started.ended
  release()
  state.set(name, { terminated })
  return terminated
}
