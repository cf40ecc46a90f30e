// The pods of one workflow as they come and go: list, watch, and list again when the watch cannot go on.

import { hasCode } from '../../errors/argo-error.ts'
import type { KubeApi } from '../../kube/api.ts'
import { sleep } from '../../util/sleep.ts'
import { podResource, type Pod } from './pod.ts'

export interface WatchPodsOptions {
  readonly api: KubeApi
  readonly namespace: string
  readonly labelSelector: string
  readonly signal: AbortSignal
  readonly onPod: (pod: Pod) => void
  readonly onGone: (pod: Pod) => void
}

const pauseMs = 200

/** Resolves when `signal` is aborted. */
export async function watchPods(options: WatchPodsOptions): Promise<void> {
  const { signal } = options
  while (!signal.aborted) {
    try {
      await watchOnce(options)
    } catch (error) {
      if (signal.aborted) return
      if (!hasCode(error, 'ERR_GONE')) await sleep(pauseMs, signal).catch(() => undefined)
    }
  }
}

async function watchOnce({
  api,
  namespace,
  labelSelector,
  signal,
  onPod,
  onGone,
}: WatchPodsOptions): Promise<void> {
  const { items, metadata } = await api.list<Pod>(podResource, namespace, { labelSelector, signal })
  for (const pod of items) onPod(pod)
  const { resourceVersion } = metadata
  for await (const event of api.watch<Pod>(podResource, namespace, {
    labelSelector,
    resourceVersion,
    signal,
  })) {
    if (event.type === 'DELETED') onGone(event.object)
    else if (event.type !== 'BOOKMARK') onPod(event.object)
  }
}
