// The embedded API against a real one: the same random calls, the same answers. What may differ is written down here.

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  resources,
  type KubeApi,
  type KubeObject,
  type PatchType,
  type Resource,
  type WatchEvent,
} from '../../src/kube/api.ts'
import { kubeStatusOf } from '../../src/kube/kube-error.ts'
import { clientOf, kubeApis, openLocalApi, type OpenApi, type RunningLocalApi } from '../rig/kube-apis.ts'
import { describeNeeding } from '../rig/needs.ts'

const sequences = Number(process.env['ARGO_DIFFERENTIAL_RUNS'] ?? 40)
const seed = Number(process.env['ARGO_DIFFERENTIAL_SEED'] ?? 20_261_124)

type Loose = KubeObject & Readonly<Record<string, unknown>>

/** One call; `from` names an earlier answer, whose object (with its version and uid) is taken up again. */
type Call =
  | {
      readonly verb: 'create'
      readonly name: string
      readonly object: Content
      readonly from: number | undefined
    }
  | { readonly verb: 'get' | 'delete'; readonly name: string; readonly precondition: number | undefined }
  | {
      readonly verb: 'update'
      readonly name: string
      readonly object: Content
      readonly from: number | undefined
    }
  | {
      readonly verb: 'patch'
      readonly name: string
      readonly type: PatchType
      readonly body: unknown
      readonly status: boolean
    }
  | {
      readonly verb: 'list' | 'deleteCollection'
      readonly selector: string
      readonly limit: number | undefined
    }

interface Content {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly fields: Readonly<Record<string, unknown>>
}

interface Kind {
  readonly resource: Resource
  readonly fields: fc.Arbitrary<Readonly<Record<string, unknown>>>
  readonly patches: fc.Arbitrary<{
    readonly type: PatchType
    readonly body: unknown
    readonly status: boolean
  }>
}

const word = fc.constantFrom('a', 'b', 'c')
const labels = fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2', '', 'not valid'), {
  maxKeys: 2,
})
const metaPatch = fc.oneof(
  fc.record({
    metadata: fc.record({
      labels: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2', null), { maxKeys: 2 }),
    }),
  }),
  fc.constantFrom(
    { metadata: { annotations: { note: 'n' } } },
    { metadata: { finalizers: null } },
    { metadata: { finalizers: ['example.com/hold'] } },
    { metadata: { labels: null } },
    { metadata: { name: 'other' } },
    { metadata: { uid: 'other' } },
    { metadata: { resourceVersion: '1' } },
    { kind: 'Other' },
    {},
  ),
)

const jsonPatches = (path: string): fc.Arbitrary<readonly unknown[]> =>
  fc.array(
    fc.oneof(
      fc.record({
        op: fc.constantFrom('add', 'replace', 'test'),
        path: fc.constantFrom(`${path}/k`, `${path}/missing`, '/metadata/labels/x'),
        value: word,
      }),
      fc.record({
        op: fc.constant('remove'),
        path: fc.constantFrom(`${path}/k`, `${path}/missing`, '/metadata/labels'),
      }),
      fc.record({
        op: fc.constantFrom('copy', 'move'),
        from: fc.constant(`${path}/k`),
        path: fc.constant(`${path}/l`),
      }),
      fc.constant({ op: 'nonsense', path: `${path}/k` }),
    ),
    { minLength: 1, maxLength: 3 },
  )

const data = fc.dictionary(fc.constantFrom('k', 'l'), word, { maxKeys: 2 })
const typed = <T>(type: PatchType, body: fc.Arbitrary<T>, status = false): Kind['patches'] =>
  body.map((value) => ({ type, body: value, status }))

const configMaps: Kind = {
  resource: resources.configMaps,
  fields: fc.oneof(
    { weight: 5, arbitrary: fc.record({ data }) },
    { weight: 1, arbitrary: fc.constant({ data: { k: 1 } }) },
  ),
  patches: fc.oneof(
    typed('merge', metaPatch),
    typed(
      'merge',
      fc.record({ data: fc.dictionary(fc.constantFrom('k', 'l'), fc.option(word), { maxKeys: 2 }) }),
    ),
    typed(
      'strategic',
      fc.record({ data: fc.dictionary(fc.constantFrom('k', 'l'), fc.option(word), { maxKeys: 2 }) }),
    ),
    typed('json', jsonPatches('/data')),
    typed('json', fc.constant({ not: 'a list' })),
  ),
}

const taskResults: Kind = {
  resource: resources.taskResults,
  fields: fc.record({ phase: fc.constantFrom('Running', 'Succeeded'), message: word }),
  patches: fc.oneof(
    typed('merge', metaPatch),
    typed(
      'merge',
      fc.record({
        outputs: fc.record({
          parameters: fc.array(fc.record({ name: word, value: word }), { maxLength: 2 }),
        }),
      }),
    ),
    typed('merge', fc.record({ message: fc.option(word) })),
    typed('strategic', fc.record({ message: word })),
    typed('json', fc.constant([{ op: 'replace', path: '/message', value: 'z' }])),
  ),
}

const container = fc.record({
  name: fc.constantFrom('main', 'wait'),
  image: fc.constantFrom('busybox', 'debian:12'),
})
const podStatus = fc.record({
  phase: fc.constantFrom('Pending', 'Running', 'Succeeded'),
  conditions: fc.uniqueArray(
    fc.record({ type: fc.constantFrom('Ready', 'Initialized'), status: fc.constantFrom('True', 'False') }),
    { maxLength: 2, selector: ({ type }) => type },
  ),
})

const pods: Kind = {
  resource: resources.pods,
  fields: fc.record({
    spec: fc
      .uniqueArray(container, { minLength: 0, maxLength: 2, selector: ({ name }) => name })
      .map((containers) => ({ containers, schedulerName: 'nobody', automountServiceAccountToken: false })),
  }),
  patches: fc.oneof(
    typed('merge', metaPatch),
    typed('strategic', fc.record({ metadata: fc.record({ labels }) })),
    typed('strategic', fc.record({ status: podStatus }), true),
    typed('merge', fc.record({ status: podStatus }), true),
    typed(
      'strategic',
      fc.record({ spec: fc.record({ containers: fc.array(container, { minLength: 1, maxLength: 1 }) }) }),
    ),
    typed('merge', fc.record({ spec: fc.record({ activeDeadlineSeconds: fc.constantFrom(5, 10) }) })),
  ),
}

const kinds: readonly Kind[] = [configMaps, pods, taskResults]

function callsOf(kind: Kind): fc.Arbitrary<readonly Call[]> {
  const name = fc.constantFrom('one', 'two', 'three')
  const earlier = fc.option(fc.nat(12), { nil: undefined })
  const content = fc.record(
    {
      labels,
      annotations: fc.constantFrom({ note: 'x' }),
      finalizers: fc.constantFrom(['example.com/hold']),
      fields: kind.fields,
    },
    { requiredKeys: ['fields'] },
  )
  const selector = fc.constantFrom('', 'x', 'x=1', 'x!=1', 'x in (1,2),!y', 'y notin (2)')
  const rarely = fc.option(fc.nat(12), { nil: undefined, freq: 10 })
  return fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          verb: fc.constant('create' as const),
          name,
          object: content,
          from: rarely.map((at) => (at === 3 ? at : undefined)),
        }),
      },
      {
        weight: 5,
        arbitrary: fc.record({ verb: fc.constant('update' as const), name, object: content, from: earlier }),
      },
      {
        weight: 7,
        arbitrary: fc
          .tuple(name, kind.patches)
          .map(([target, patch]) => ({ verb: 'patch' as const, name: target, ...patch })),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          verb: fc.constant('get' as const),
          name,
          precondition: fc.constant(undefined),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          verb: fc.constant('delete' as const),
          name,
          precondition: fc.option(fc.nat(12), { nil: undefined, freq: 3 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          verb: fc.constant('list' as const),
          selector,
          limit: fc.option(fc.constant(1), { nil: undefined }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          verb: fc.constant('deleteCollection' as const),
          selector: fc.constantFrom('x=1'),
          limit: fc.constant(undefined),
        }),
      },
    ),
    { minLength: 4, maxLength: 14, size: 'max' },
  )
}

describeNeeding({ cluster: true }, 'the embedded API and a real one', () => {
  let local: RunningLocalApi
  let embedded: KubeApi & { close(): void }
  let real: OpenApi
  let stamp = 0

  beforeAll(async () => {
    local = await openLocalApi()
    embedded = clientOf(local)
    const cluster = kubeApis.find(({ needs }) => needs.cluster === true)
    if (cluster === undefined) throw new Error('the table of APIs names no cluster')
    real = await cluster.open()
  })
  afterAll(async () => {
    embedded.close()
    await local[Symbol.asyncDispose]()
    // A sequence that failed leaves finalizers behind, which would hold the namespace for ever.
    for (const { resource } of kinds) await clear(real.api, real.namespace, resource, 'stamp').catch(() => {})
    await real[Symbol.asyncDispose]()
  })

  for (const kind of kinds) {
    test(`${kind.resource.plural}: ${String(sequences)} sequences`, async (context) => {
      const missing = await real.api.list(kind.resource, real.namespace).then(
        () => false,
        (error: unknown) => kubeStatusOf(error)?.code === 404,
      )
      if (missing) context.skip(`the cluster does not know ${kind.resource.plural}`)
      await fc.assert(
        fc.asyncProperty(callsOf(kind), async (calls) => {
          // A label of its own keeps a sequence apart from what earlier ones have left behind.
          stamp++
          const [ours, theirs] = await Promise.all([
            play(embedded, 'argo', kind.resource, calls, `s${String(stamp)}`),
            play(real.api, real.namespace, kind.resource, calls, `s${String(stamp)}`),
          ])
          expect(ours).toEqual(theirs)
        }),
        { numRuns: sequences, seed, endOnFailure: process.env['ARGO_DIFFERENTIAL_SHRINK'] === undefined },
      )
    }, 300_000)
  }
})

/** Everything that can be seen of a sequence: each answer, then the events of a watch over all of it. */
async function play(
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
      answers.push({ call: call.verb, refused: status.code, reason: status.reason })
    }
  }
  // A last write that every watch sees marks the end of the sequence.
  await api.create(resource, namespace, objectOf(resource, `end-${stamp}`, lastContent(resource), stamp))
  const events: unknown[] = []
  for await (const event of api.watch<Loose>(resource, namespace, {
    resourceVersion: start,
    labelSelector: mine,
  })) {
    if (event.type === 'BOOKMARK') continue
    if (event.object.metadata.name === `end-${stamp}`) break
    events.push(seen(event))
  }
  await clear(api, namespace, resource, mine)
  return { answers, events }
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

async function clear(
  api: KubeApi,
  namespace: string,
  resource: Resource,
  labelSelector: string,
): Promise<void> {
  for (const { metadata } of (await api.list(resource, namespace, { labelSelector })).items) {
    const name = metadata.name ?? ''
    if (metadata.finalizers !== undefined)
      await api.patch(resource, namespace, name, 'merge', { metadata: { finalizers: null } })
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
