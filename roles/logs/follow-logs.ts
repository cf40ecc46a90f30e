// `argo logs -f`: what the chosen steps print, while they print it, until the workflow has ended. Another process runs
// them: the objects are watched in the database that both share, the logs as files.

import { statSync } from 'node:fs'
import { resources, type KubeObject } from '../../src/kube/api.ts'
import type { Pod } from '../../src/local/engine/pod.ts'
import { watchPods } from '../../src/local/engine/watch-pods.ts'
import { namespace } from '../../src/local/state/names.ts'
import { labels } from '../../src/pod/names.ts'
import { untilSeen } from '../../src/process/watch-file.ts'
import type { Workflow } from '../../src/spec/types.ts'
import { podsOf, readFrom, type LogWish } from './read-logs.ts'

/** How often to see whether the run has been killed: then nobody else would end the workflow. */
const buryEveryMs = 2000
/** How often to look at a log that gives no events, e.g. because its folder is not there yet. */
const lookMs = 100

interface Followed {
  readonly pod: Pod
  /** Aborted when the container prints no more. */
  readonly over: AbortController
  readonly done: Promise<void>
}

/** Returns the pods that were seen. `bury` ends workflows whose run was killed. */
export async function followLogs(wish: LogWish, bury: () => Promise<unknown>): Promise<readonly Pod[]> {
  const followed = new Map<string, Followed>()
  const end = new AbortController()
  const follow = (pod: Pod): Followed => {
    const over = new AbortController()
    const done = wish.isMeant(pod) ? printLog(pod, wish, over.signal, end) : Promise.resolve()
    return { pod, over, done }
  }
  const onPod = (pod: Pod): Followed => {
    const uid = pod.metadata.uid ?? ''
    const one = followed.get(uid) ?? follow(pod)
    followed.set(uid, one)
    if (isOver(pod.status?.phase) || hasEnded(pod, wish.container)) one.over.abort()
    return one
  }
  await bury()
  const burying = setInterval(() => void bury().catch(() => undefined), buryEveryMs)
  try {
    const pods = watchPods({
      api: wish.api,
      namespace,
      labelSelector: `${labels.workflow}=${wish.workflow}`,
      signal: end.signal,
      onPod,
      onGone: (pod) => onPod(pod).over.abort(),
    })
    await untilWorkflowEnds(wish, end)
    await pods
    // What came together with the end of the workflow.
    for (const pod of await podsOf(wish)) onPod(pod)
  } finally {
    clearInterval(burying)
    for (const { over } of followed.values()) over.abort()
    await Promise.all([...followed.values()].map(({ done }) => done))
  }
  return [...followed.values()].map(({ pod }) => pod)
}

/** Reads once more after the end, so that nothing of it is missed; aborts `end` when nobody listens any more. */
async function printLog(pod: Pod, wish: LogWish, over: AbortSignal, end: AbortController): Promise<void> {
  const path = wish.pathOf(pod)
  for (let offset = 0; ;) {
    const isLast = over.aborted
    for await (const chunk of readFrom(path, offset)) {
      offset += chunk.length
      if (!wish.give(pod, chunk)) return end.abort()
    }
    if (isLast) return
    await untilSeen(path, { signal: over, pollMs: lookMs }, () => sizeOf(path) > offset).catch(
      () => undefined,
    )
  }
}

async function untilWorkflowEnds({ api, workflow }: LogWish, end: AbortController): Promise<void> {
  const fieldSelector = `metadata.name=${workflow}`
  while (!end.signal.aborted) {
    const { items, metadata } = await api.list<Workflow & KubeObject>(resources.workflows, namespace, {
      fieldSelector,
    })
    if (items.every(({ status }) => isOver(status?.phase))) end.abort()
    const news = new AbortController()
    const signal = AbortSignal.any([end.signal, news.signal])
    const { resourceVersion } = metadata
    await firstOf(api.watch(resources.workflows, namespace, { fieldSelector, resourceVersion, signal }))
    news.abort()
  }
}

/** Resolves at the first event, or when there can be none. */
async function firstOf(events: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _event of events) return
  } catch {
    // Ended by its signal, or too old to go on: the caller looks again.
  }
}

function hasEnded({ status }: Pod, container: string): boolean {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  return statuses.some(({ name, state }) => name === container && 'terminated' in (state ?? {}))
}

function isOver(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error'
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
