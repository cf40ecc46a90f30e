// Logs of and commands in a container of a pod: finds the container that a request means and asks the engine.

import type { ExecResult } from '../../kube/api.ts'
import { isObject } from '../../kube/patch/merge.ts'
import type { Json } from '../../spec/types.ts'
import type { ContainerLogRequest, KubeletHooks } from './hooks.ts'
import { findServed, type ServedResource } from './resource-table.ts'
import { badRequest, internal, notFound } from './status-errors.ts'
import { readObject, type StoredObject } from './stored-object.ts'
import type { ObjectStore } from './store.ts'

/** What a client says; without a name it means the only container. */
export interface ContainerAddress {
  readonly namespace: string
  readonly pod: string
  readonly container?: string | undefined
}

export type HooksSource = () => KubeletHooks | undefined

type LogWishes = Pick<ContainerLogRequest, 'follow' | 'tailLines' | 'timestamps' | 'signal'>

export function readLog(
  store: ObjectStore,
  hooks: HooksSource,
  address: ContainerAddress,
  wishes: LogWishes,
): AsyncIterable<Uint8Array> {
  return engine(hooks).log({ ...locate(store, address), ...wishes })
}

/** Throws at once for a container that is not there; what it returns runs the command. */
export function prepareExec(
  store: ObjectStore,
  hooks: HooksSource,
  address: ContainerAddress,
  command: readonly string[],
): (signal: AbortSignal) => Promise<ExecResult> {
  if (command.length === 0) throw badRequest('you must specify at least 1 command for the container')
  const located = locate(store, address)
  const kubelet = engine(hooks)
  return async (signal) => kubelet.exec({ ...located, command, signal })
}

interface Located {
  readonly namespace: string
  readonly pod: string
  readonly podUid: string
  readonly container: string
}

const pods = findServed('', 'v1', 'pods') as ServedResource

function locate(store: ObjectStore, { namespace, pod, container }: ContainerAddress): Located {
  const object = readObject(store, pods, namespace, pod)
  if (object === undefined) throw notFound(pods, pod)
  const names = containerNames(object)
  const [only] = names.main
  if (container === undefined || container === '') {
    if (names.main.length > 1 || only === undefined) {
      throw badRequest(
        `a container name must be specified for pod ${pod}, choose one of: [${names.main.join(' ')}]`,
      )
    }
  } else if (!names.all.includes(container)) {
    throw badRequest(`container ${container} is not valid for pod ${pod}`)
  }
  const chosen = container === undefined || container === '' ? (only ?? '') : container
  return { namespace, pod, podUid: object.metadata.uid ?? '', container: chosen }
}

function containerNames(pod: StoredObject): {
  readonly main: readonly string[]
  readonly all: readonly string[]
} {
  const spec = pod['spec'] as { readonly containers?: Json; readonly initContainers?: Json } | undefined
  const namesOf = (list: Json | undefined): readonly string[] =>
    Array.isArray(list)
      ? list.flatMap((one: Json) => (isObject(one) && typeof one['name'] === 'string' ? [one['name']] : []))
      : []
  const main = namesOf(spec?.containers)
  return { main, all: [...main, ...namesOf(spec?.initContainers)] }
}

function engine(hooks: HooksSource): KubeletHooks {
  const found = hooks()
  if (found === undefined) throw internal('no engine runs the containers of this API')
  return found
}
