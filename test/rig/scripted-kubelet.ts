// Plays the kubelet and the executor for tests of the controller: pods run and report as a script says, at once.

import { resources, type KubeApi, type KubeObject } from '../../src/kube/api.ts'
import { startInformer } from '../../src/kube/informer.ts'
import { isAlreadyExists, isNotFound } from '../../src/kube/kube-error.ts'
import { annotations, labels } from '../../src/pod/names.ts'
import type { Pod, PodStatus } from '../../src/controller/pod/pod-types.ts'
import type { Outputs, WorkflowTaskResult } from '../../src/spec/types.ts'

export interface PodScript {
  /** Exit code of main, default 0. */
  readonly exitCode?: number
  /** What wait reports. */
  readonly outputs?: Outputs
  /** The pod runs until this resolves. */
  readonly until?: Promise<unknown>
  /** The pod stays Pending with this message. */
  readonly pending?: string
}

export interface ScriptedKubelet {
  /** Node names in the order in which their pods were started; a pod is started once. */
  readonly started: readonly string[]
  /** Uids of all pods ever seen, by node name. */
  readonly seen: ReadonlyMap<string, ReadonlySet<string>>
  ended(): Promise<void>
}

export interface KubeletOptions {
  readonly api: KubeApi
  readonly namespace: string
  readonly signal: AbortSignal
  /** By node name; a node without a script succeeds and reports nothing. */
  readonly script: (nodeName: string, pod: Pod) => PodScript | undefined
}

export function startScriptedKubelet(options: KubeletOptions): ScriptedKubelet {
  const started: string[] = []
  const seen = new Map<string, Set<string>>()
  const running = new Map<string, Promise<void>>()
  const errors: unknown[] = []
  const take = (pod: Pod): void => {
    const nodeName = pod.metadata.annotations?.[annotations.nodeName] ?? ''
    const uid = pod.metadata.uid ?? ''
    const uids = seen.get(nodeName) ?? new Set()
    seen.set(nodeName, uids.add(uid))
    if (running.has(uid) || hasEnded(pod)) return
    started.push(nodeName)
    running.set(
      uid,
      playPod(options, pod, nodeName).catch((error: unknown) => {
        if (!options.signal.aborted && !isNotFound(error)) errors.push(error)
      }),
    )
  }
  const informer = startInformer<Pod>({
    api: options.api,
    resource: resources.pods,
    namespace: options.namespace,
    labelSelector: labels.workflow,
    signal: options.signal,
    handlers: { added: take, updated: (pod) => void finishDeletion(options, pod) },
  })
  return {
    started,
    seen,
    async ended() {
      await informer.ended
      await Promise.allSettled(running.values())
      if (errors.length > 0) throw errors[0]
    },
  }
}

async function playPod(options: KubeletOptions, pod: Pod, nodeName: string): Promise<void> {
  const script = options.script(nodeName, pod) ?? {}
  if (script.pending !== undefined) {
    await writeStatus(options, pod, {
      phase: 'Pending',
      containerStatuses: [{ name: 'main', state: { waiting: { reason: script.pending } } }],
    })
    return
  }
  await writeStatus(options, pod, runningStatus())
  await report(options, pod, {}, false)
  await untilReleased(options, script.until)
  await report(options, pod, script.outputs ?? {}, true)
  await writeStatus(options, pod, endedStatus(script.exitCode ?? 0))
}

async function untilReleased(options: KubeletOptions, until: Promise<unknown> | undefined): Promise<void> {
  if (until === undefined) return
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(options.signal.reason as Error)
  options.signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([until, aborted])
  } finally {
    options.signal.removeEventListener('abort', onAbort)
  }
}

/** As the executor does it: created when it starts, outputs and label when it ends. */
async function report(
  options: KubeletOptions,
  pod: Pod,
  outputs: Outputs,
  completed: boolean,
): Promise<void> {
  const { api, namespace, signal } = options
  const name = pod.metadata.annotations?.[annotations.nodeId] ?? ''
  const result: WorkflowTaskResult & KubeObject = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTaskResult',
    metadata: {
      name,
      namespace,
      labels: {
        [labels.workflow]: pod.metadata.labels?.[labels.workflow] ?? '',
        [labels.reportOutputsCompleted]: String(completed),
      },
      ...(pod.metadata.ownerReferences !== undefined && { ownerReferences: pod.metadata.ownerReferences }),
    },
    ...(Object.keys(outputs).length > 0 && { outputs }),
  }
  try {
    await api.create(resources.taskResults, namespace, result, { signal })
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    const { metadata, ...rest } = result
    await api.patch(
      resources.taskResults,
      namespace,
      name,
      'merge',
      { ...rest, metadata: { labels: metadata.labels } },
      { signal },
    )
  }
}

async function writeStatus(options: KubeletOptions, pod: Pod, status: PodStatus): Promise<void> {
  const { api, signal } = options
  const { namespace = '', name = '' } = pod.metadata
  await api.patch(resources.pods, namespace, name, 'merge', { status }, { signal, subresource: 'status' })
}

/** A pod that is deleted gracefully is gone at once: nothing real runs in it. */
async function finishDeletion(options: KubeletOptions, pod: Pod): Promise<void> {
  if (pod.metadata.deletionTimestamp === undefined) return
  const { namespace = '', name = '' } = pod.metadata
  await options.api.delete(resources.pods, namespace, name, { gracePeriodSeconds: 0 }).catch(() => undefined)
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

function runningStatus(): PodStatus {
  const running = { running: { startedAt: new Date().toISOString() } }
  return {
    phase: 'Running',
    initContainerStatuses: [{ name: 'init', state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
    containerStatuses: [
      { name: 'wait', ready: true, state: running },
      { name: 'main', ready: true, state: running },
    ],
  }
}

function endedStatus(exitCode: number): PodStatus {
  const end = (code: number): object => ({
    terminated: { exitCode: code, reason: code === 0 ? 'Completed' : 'Error' },
  })
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    initContainerStatuses: [{ name: 'init', state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
    containerStatuses: [
      { name: 'wait', state: end(0) },
      { name: 'main', state: end(exitCode) },
    ],
  }
}
