// The states of one workflow, as they come, until it has ended.

import { hasCode } from '../../src/errors/argo-error.ts'
import { resources, type KubeApi, type KubeObject } from '../../src/kube/api.ts'
import { namespace } from '../../src/local/state/names.ts'
import type { Workflow } from '../../src/spec/types.ts'

type Stored = Workflow & KubeObject

/** Resolves with the ended workflow, or undefined when it was deleted. Rejects with the reason of `signal`. */
export async function followWorkflow(
  api: KubeApi,
  name: string,
  signal: AbortSignal,
  onState: (workflow: Workflow) => void,
): Promise<Stored | undefined> {
  for (;;) {
    const now = await api.get<Stored>(resources.workflows, namespace, name, { signal })
    onState(now)
    if (hasEnded(now)) return now
    const resourceVersion = now.metadata.resourceVersion ?? ''
    try {
      const watch = api.watch<Stored>(resources.workflows, namespace, {
        fieldSelector: `metadata.name=${name}`,
        resourceVersion,
        signal,
      })
      for await (const event of watch) {
        if (event.type === 'DELETED') return undefined
        if (event.type === 'BOOKMARK') continue
        onState(event.object)
        if (hasEnded(event.object)) return event.object
      }
    } catch (error) {
      if (!hasCode(error, 'ERR_GONE')) throw error
    }
  }
}

/** Ended for good: the exit handler has run, too, and all results are in. */
function hasEnded({ status }: Workflow): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' || status?.phase === 'Error'
}
