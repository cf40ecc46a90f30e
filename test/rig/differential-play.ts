// Plays a sequence of calls against one Kubernetes API and notes all that can be seen of it.

import type { KubeApi, KubeObject, Resource, WatchEvent } from '../../src/kube/api.ts'
import { kubeStatusOf } from '../../src/kube/kube-error.ts'
import type { Call, Content } from './differential-calls.ts'

type Loose = KubeObject & Readonly<Record<string, unknown>>

/** Everything that can be seen of a sequence: each answer, then the events of a watch over all of it. */
export async function play(
  api: KubeApi,
  namespace: string,
  resource: Resource,
  calls: readonly Call[],
  stamp: string,
): Promise<unknown> {
  const mine = `stamp=${stamp}`
  const start = (await api.list(resource, namespace, { labelSelector: mine })).metadata.resourceVersion
  const answers: unknown[] = []
  const objects: Loose[] = []
  for (const call of calls) {
    try {
      const answer = await perform(api, namespace, resource, call, stamp, objects)
      answers.push({ call: call.verb, answer: normal(answer) })
      if (isObject(answer)) objects.push(answer)
    } catch (error) {
      const status = kubeStatusOf(error)
      if (status === undefined) throw error
      const words = ['NotFound', 'AlreadyExists'].includes(status.reason)
        ? { message: status.message, details: status.details }
        : {}
      answers.push({ call: call.verb, refused: status.code, reason: status.reason, ...words })
    }
  }
  // A last write that every watch sees marks the end of the sequence.
  const last: Content = { ...lastContent(resource), labels: { x: '1' } }
  await api.create(resource, namespace, objectOf(resource, `end-${stamp}`, last, stamp))
  const events = await eventsOf(api, namespace, resource, start, mine, stamp)
  const narrow = await eventsOf(api, namespace, resource, start, `${mine},x=1`, stamp)
  await clear(api, namespace, resource, (name) => name.endsWith(`-${stamp}`))
  return { answers, events, narrow }
}

async function eventsOf(
  api: KubeApi,
  namespace: string,
  resource: Resource,
  resourceVersion: string,
  labelSelector: string,
  stamp: string,
): Promise<readonly unknown[]> {
  const events: unknown[] = []
  for await (const event of api.watch<Loose>(resource, namespace, { resourceVersion, labelSelector })) {
    if (event.type === 'BOOKMARK') continue
    if (event.object.metadata.name === `end-${stamp}`) return events
    events.push(seen(event))
  }
  throw new Error('the watch ended before the end of the sequence')
}

async function perform(
  api: KubeApi,
  namespace: string,
  resource: Resource,
  call: Call,
  stamp: string,
  objects: readonly Loose[],
): Promise<unknown> {
  const past = (at: number | undefined): Loose | undefined => (at === undefined ? undefined : objects[at])
  const nameOf = (name: string): string => `${name}-${stamp}`
  const mine = (selector: string): string =>
    [`stamp=${stamp}`, ...(selector === '' ? [] : [selector])].join(',')
  switch (call.verb) {
    case 'create':
    case 'update': {
      const object = objectOf(resource, nameOf(call.name), call.object, stamp)
      const { resourceVersion, uid } = past(call.from)?.metadata ?? {}
      const version = {
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        ...(uid === undefined ? {} : { uid }),
      }
      const written = { ...object, metadata: { ...object.metadata, ...version } }
      return call.verb === 'create'
        ? api.create(resource, namespace, written)
        : api.update(resource, namespace, written)
    }
    case 'get':
      return api.get(resource, namespace, nameOf(call.name))
    case 'delete': {
      const uid = past(call.precondition)?.metadata.uid
      return api.delete(
        resource,
        namespace,
        nameOf(call.name),
        uid === undefined ? {} : { preconditionUid: uid },
      )
    }
    case 'patch': {
      const options = call.status ? { subresource: 'status' as const } : {}
      return api.patch(resource, namespace, nameOf(call.name), call.type, call.body, options)
    }
    case 'list':
      return api.list(resource, namespace, {
        labelSelector: mine(call.selector),
        ...(call.limit === undefined ? {} : { limit: call.limit }),
      })
    case 'deleteCollection':
      return api.deleteCollection(resource, namespace, { labelSelector: mine(call.selector) })
  }
}

function objectOf(resource: Resource, name: string, content: Content, stamp: string): Loose {
  const { fields, labels: own, ...metadata } = content
  return {
    apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata: { ...metadata, name, labels: { ...own, stamp } },
    ...fields,
  }
}

function lastContent(resource: Resource): Content {
  const spec = {
    schedulerName: 'nobody',
    automountServiceAccountToken: false,
    containers: [{ name: 'main', image: 'busybox' }],
  }
  return { fields: resource.kind === 'Pod' ? { spec } : {} }
}

/** By name: a sequence may have taken off the labels of its own objects. */
export async function clear(
  api: KubeApi,
  namespace: string,
  resource: Resource,
  isMine: (name: string) => boolean,
): Promise<void> {
  for (const { metadata } of (await api.list(resource, namespace)).items) {
    const name = metadata.name ?? ''
    if (!isMine(name)) continue
    if (metadata.finalizers !== undefined) {
      await api.patch(resource, namespace, name, 'merge', { metadata: { finalizers: null } })
    }
    await api.delete(resource, namespace, name).catch(() => {})
  }
}

function isObject(answer: unknown): answer is Loose {
  return typeof answer === 'object' && answer !== null && 'metadata' in answer && !('items' in answer)
}

function seen(event: WatchEvent<Loose>): unknown {
  return { type: event.type, object: normal(event.object) }
}

/** The answer without what is drawn or counted, and without what only a whole cluster adds. */
function normal(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer
  if ('items' in answer) {
    const list = answer as {
      readonly metadata: { readonly continue?: string }
      readonly items: readonly unknown[]
    }
    return { more: (list.metadata.continue ?? '') !== '', items: list.items.map(normal) }
  }
  const { metadata, ...rest } = answer as Loose
  const {
    uid,
    resourceVersion,
    creationTimestamp,
    deletionTimestamp,
    namespace,
    managedFields: _,
    ...kept
  } = metadata as Record<string, unknown>
  return {
    ...(rest.kind === 'Pod' ? slimPod(rest) : rest),
    metadata: {
      ...kept,
      uid: typeof uid,
      resourceVersion: typeof resourceVersion,
      creationTimestamp: typeof creationTimestamp,
      deletionTimestamp: typeof deletionTimestamp,
      namespace: typeof namespace,
    },
  }
}

function slimPod(pod: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const {
    tolerations: _t,
    priority: _p,
    preemptionPolicy: _pp,
    ...spec
  } = (pod['spec'] ?? {}) as Record<string, unknown>
  const { qosClass: _q, ...status } = (pod['status'] ?? {}) as Record<string, unknown>
  const conditions = (status['conditions'] as readonly Record<string, unknown>[] | undefined)?.map(
    ({ type, status: value }) => ({ type, status: value }),
  )
  return { ...pod, spec, status: { ...status, ...(conditions === undefined ? {} : { conditions }) } }
}
