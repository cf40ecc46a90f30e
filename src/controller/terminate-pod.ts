// Ends the containers of pods: TERM, the pod's grace, KILL. Pods that have not started are deleted.

import { errorMessage } from '../errors/argo-error.ts'
import { isNotFound } from '../kube/kube-error.ts'
import { resources, type KubeApi } from '../kube/api.ts'
import { annotations, containers } from '../pod/names.ts'
import { executorBinary, varRunArgo } from '../pod/paths.ts'
import { sleep } from '../util/sleep.ts'
import type { Logger } from '../log/logger.ts'
import type { Pod } from './pod/pod-types.ts'
import type { Container } from '../spec/types.ts'

export interface PodTerminator {
  /** Returns at once; a pod that is being ended already is left alone. */
  terminate(pods: readonly Pod[]): void
  /** Resolves when nothing of it runs any more, after the signal. */
  ended(): Promise<void>
}

export interface TerminatorOptions {
  readonly api: KubeApi
  readonly log: Logger
  readonly signal: AbortSignal
}

const defaultGraceSeconds = 30
/** A kubelet that does not answer must not hold the controller (spec executor 1.12). */
const execTimeoutMs = 120_000
/** Of KILL: after that the pod is deleted, and with it what could not be reached inside it. */
const killPatienceMs = 10_000

export function createPodTerminator(options: TerminatorOptions): PodTerminator {
  const running = new Map<string, Promise<void>>()
  return {
    terminate(pods) {
      for (const pod of pods) {
        const uid = pod.metadata.uid ?? ''
        if (running.has(uid) || pod.metadata.deletionTimestamp !== undefined) continue
        const work = terminatePod(options, pod)
          .catch((error: unknown) => {
            if (options.signal.aborted) return
            options.log.warn('could not end a pod', { pod: pod.metadata.name, error: errorMessage(error) })
          })
          .finally(() => running.delete(uid))
        running.set(uid, work)
      }
    },
    async ended() {
      await Promise.allSettled(running.values())
    },
  }
}

async function terminatePod(options: TerminatorOptions, pod: Pod): Promise<void> {
  const { signal, log } = options
  log.info('ending a pod', { pod: pod.metadata.name, phase: pod.status?.phase })
  if (!hasStarted(pod)) return deletePod(options, pod)
  const reached = await signalContainers(options, pod, 15)
  // deviates: where exec is refused Argo waits for ever; the kubelet can send the same signals.
  if (!reached) return deletePod(options, pod)
  const graceSeconds = pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds
  if (await endsWithin(options, pod, graceSeconds * 1000)) return
  await signalContainers(options, await current(options, pod), 9)
  if (await endsWithin(options, pod, killPatienceMs)) return
  signal.throwIfAborted()
  await deletePod(options, pod)
}

/** Whether every container that runs took the signal, or none ran. */
async function signalContainers(
  options: TerminatorOptions,
  pod: Pod | undefined,
  number: number,
): Promise<boolean> {
  if (pod === undefined) return true
  const names = (pod.status?.containerStatuses ?? [])
    .filter(({ state }) => state?.running)
    .map(({ name }) => name)
  const results = await Promise.all(names.map((name) => signalContainer(options, pod, name, number)))
  return results.every(Boolean)
}

async function signalContainer(
  options: TerminatorOptions,
  pod: Pod,
  name: string,
  number: number,
): Promise<boolean> {
  const { namespace = '', name: podName = '' } = pod.metadata
  const command = killCommand(pod, name, number)
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(execTimeoutMs)])
  try {
    const { exitCode, stderr } = await options.api.exec(namespace, podName, name, command, { signal })
    if (exitCode !== 0)
      options.log.debug('a signal did not arrive', { pod: podName, container: name, exitCode, stderr })
    return true
  } catch (error) {
    options.signal.throwIfAborted()
    options.log.warn('could not run kill in a container', {
      pod: podName,
      container: name,
      error: errorMessage(error),
    })
    return false
  }
}

/** Spec executor 1.12. */
export function killCommand(pod: Pod, name: string, number: number): readonly string[] {
  const own = pod.metadata.annotations?.[annotations.killCommand(name)]
  if (own !== undefined) {
    const words: unknown = parseJson(own)
    if (Array.isArray(words)) return words.map((word) => String(word).replaceAll('%d', String(number)))
  }
  const container: Container | undefined = pod.spec.containers.find((item) => item.name === name)
  if (name === containers.wait) return ['argoexec', 'kill', String(number), '1']
  const mounted = container?.volumeMounts?.some(({ mountPath }) => mountPath === varRunArgo) ?? false
  return mounted ? [executorBinary, 'kill', String(number), '1'] : ['/bin/sh', '-c', `kill -${number} 1`]
}

/** Looks a few times instead of watching: the informer tells the operator, and this is only about patience. */
async function endsWithin(options: TerminatorOptions, pod: Pod, patienceMs: number): Promise<boolean> {
  const end = performance.now() + patienceMs
  for (let waitMs = 200; ; waitMs = Math.min(waitMs * 1.5, 5000)) {
    const left = end - performance.now()
    if (left <= 0) return false
    await sleep(Math.min(waitMs, left), options.signal)
    const now = await current(options, pod)
    if (now === undefined || now.status?.phase === 'Succeeded' || now.status?.phase === 'Failed') return true
  }
}

/** The pod as it is now; undefined when it is gone or another has its name. */
async function current(options: TerminatorOptions, pod: Pod): Promise<Pod | undefined> {
  const { namespace = '', name = '', uid } = pod.metadata
  try {
    const now = await options.api.get<Pod>(resources.pods, namespace, name, { signal: options.signal })
    return now.metadata.uid === uid ? now : undefined
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

async function deletePod(options: TerminatorOptions, pod: Pod): Promise<void> {
  const { namespace = '', name = '', uid } = pod.metadata
  try {
    await options.api.delete(resources.pods, namespace, name, {
      ...(uid !== undefined && { preconditionUid: uid }),
      signal: options.signal,
    })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

function hasStarted(pod: Pod): boolean {
  return pod.status?.phase === 'Running'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
