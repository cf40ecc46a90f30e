// Random sequences of calls to a Kubernetes API, for comparing two of them.

import fc from 'fast-check'
import { resources, type PatchType, type Resource } from '../../src/kube/api.ts'

/** One call; `from` names an earlier answer, whose object (with its version and uid) is taken up again. */
export type Call =
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

export interface Content {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly fields: Readonly<Record<string, unknown>>
}

export interface Kind {
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

const immutable = fc.constantFrom({}, {}, {}, { immutable: true }, { immutable: false })
const data = fc.dictionary(fc.constantFrom('k', 'l'), word, { maxKeys: 2 })
const typed = <T>(type: PatchType, body: fc.Arbitrary<T>, status = false): Kind['patches'] =>
  body.map((value) => ({ type, body: value, status }))

const configMaps: Kind = {
  resource: resources.configMaps,
  fields: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(fc.record({ data }), immutable).map(([one, other]) => ({ ...one, ...other })),
    },
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

const secretFields = fc.oneof(
  fc.record({
    data: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('YQ==', 'Yg==', 'no base64!'), {
      maxKeys: 2,
    }),
  }),
  fc.record({ stringData: data, type: fc.constantFrom('Opaque', 'example.com/own') }),
  fc.record({ stringData: data, data: fc.constant({ k: 'YQ==' }) }),
)

const secrets: Kind = {
  resource: resources.secrets,
  fields: secretFields,
  patches: fc.oneof(
    typed('merge', metaPatch),
    typed('merge', secretFields),
    typed(
      'strategic',
      fc.record({ stringData: fc.dictionary(fc.constantFrom('k', 'l'), fc.option(word), { maxKeys: 2 }) }),
    ),
    typed('json', fc.constant([{ op: 'remove', path: '/data/k' }])),
  ),
}

const workflows: Kind = {
  resource: resources.workflows,
  fields: fc.record({
    spec: fc.record({
      entrypoint: word,
      arguments: fc.constantFrom({}, { parameters: [] }, { parameters: [{ name: 'p', value: '1' }] }),
    }),
    status: fc.constantFrom({}, { phase: 'Running' }, { phase: 'Succeeded', nodes: {} }),
  }),
  patches: fc.oneof(
    typed('merge', metaPatch),
    typed('merge', fc.record({ spec: fc.record({ shutdown: fc.constantFrom('Stop', null) }) })),
    typed('merge', fc.record({ status: fc.record({ phase: fc.constantFrom('Running', 'Failed') }) })),
    typed('merge', fc.record({ status: fc.record({ phase: word }) }), true),
    typed('json', jsonPatches('/spec')),
  ),
}

export const kinds: readonly Kind[] = [configMaps, secrets, pods, workflows, taskResults]

export function callsOf(kind: Kind): fc.Arbitrary<readonly Call[]> {
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
