// Why a pod does not start: its newest warning. The status of a pod that waits for a Secret says only that it waits.

import { resources, type KubeObject } from '../kube/api.ts'
import { errorMessage } from '../errors/argo-error.ts'
import type { Pod } from './pod/pod-types.ts'
import type { Shell } from './shell.ts'

interface Event extends KubeObject {
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly lastTimestamp?: string | null
  readonly eventTime?: string | null
}

/** Longest text on a node: the rest can be read in the events. */
const longest = 500

/** '' when nobody has complained, or the events may not be read: a hint is never worth an error. */
export async function explainPod(shell: Shell, pod: Pod): Promise<string> {
  const { namespace = '', uid } = pod.metadata
  try {
    const { items } = await shell.api.list<Event>(resources.events, namespace, {
      fieldSelector: `involvedObject.uid=${uid}`,
      limit: 100,
      signal: shell.signal,
    })
    const newest = items
      .filter(({ type }) => type === 'Warning')
      .toSorted((a, b) => timeOf(a) - timeOf(b))
      .at(-1)
    return newest === undefined ? '' : `${newest.reason ?? ''}: ${newest.message ?? ''}`.slice(0, longest)
  } catch (error) {
    shell.signal.throwIfAborted()
    shell.log.debug('could not read the events of a pod', {
      pod: pod.metadata.name,
      error: errorMessage(error),
    })
    return ''
  }
}

function timeOf({ lastTimestamp, eventTime, metadata }: Event): number {
  return Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '') || 0
}
