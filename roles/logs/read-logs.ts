// What the chosen steps of a workflow have printed until now, pod by pod.

import { createReadStream } from 'node:fs'
import type { KubeApi } from '../../src/kube/api.ts'
import { podResource, type Pod } from '../../src/local/engine/pod.ts'
import { namespace } from '../../src/local/state/names.ts'
import { labels } from '../../src/pod/names.ts'

export interface LogWish {
  readonly api: KubeApi
  readonly workflow: string
  readonly container: string
  readonly isMeant: (pod: Pod) => boolean
  readonly pathOf: (pod: Pod) => string
  /** False when nobody reads any more. */
  readonly give: (pod: Pod, chunk: Buffer) => boolean
}

/** Returns all pods of the workflow, the first that started first. */
export async function readLogs(wish: LogWish): Promise<readonly Pod[]> {
  const pods = (await podsOf(wish)).toSorted((a, b) => startOf(a).localeCompare(startOf(b)))
  for (const pod of pods.filter(wish.isMeant))
    for await (const chunk of readFrom(wish.pathOf(pod), 0)) if (!wish.give(pod, chunk)) return pods
  return pods
}

export async function podsOf({ api, workflow }: LogWish): Promise<readonly Pod[]> {
  const labelSelector = `${labels.workflow}=${workflow}`
  return (await api.list<Pod>(podResource, namespace, { labelSelector })).items
}

/** The rest of a log; a container that never started has none. */
export async function* readFrom(path: string, start: number): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { start })) yield chunk as Buffer
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function startOf({ metadata, status }: Pod): string {
  return status?.startTime ?? metadata.creationTimestamp ?? ''
}
