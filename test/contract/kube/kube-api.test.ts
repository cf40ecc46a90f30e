// What every Kubernetes API owes its callers: the embedded one and a real one answer the same.

import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  resources,
  type KubeApi,
  type KubeObject,
  type Resource,
  type WatchEvent,
} from '../../../src/kube/api.ts'
import { isAlreadyExists, isConflict, isNotFound, kubeStatusOf } from '../../../src/kube/kube-error.ts'
import { kubeApis, type OpenApi } from '../../rig/kube-apis.ts'
import { describeNeeding } from '../../rig/needs.ts'

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

interface Pod extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>
  readonly status?: { readonly phase?: string; readonly message?: string }
}

const maps = resources.configMaps

for (const target of kubeApis) {
  describeNeeding(target.needs, target.name, () => {
    let open: OpenApi
    let api: KubeApi
    let ns: string
    const map = (
      name: string,
      data: Record<string, string> = {},
      labels: Record<string, string> = {},
    ): ConfigMap => ({
      metadata: { name, labels },
      data,
    })
    const make = (object: ConfigMap): Promise<ConfigMap> => api.create(maps, ns, object)

    beforeAll(async () => {
      open = await target.open()
      api = open.api
      ns = open.namespace
    })
    afterAll(async () => {
      await open[Symbol.asyncDispose]()
    })

    test('an object lives from create to delete', async () => {
      const created = await make(map('life', { a: '1' }, { x: 'y' }))
      expect(created).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } })
      expect(created.metadata).toMatchObject({ name: 'life', namespace: ns, labels: { x: 'y' } })
      expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
      expect(created.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      expect(await api.get(maps, ns, 'life')).toEqual(created)
      const updated = await api.update(maps, ns, { ...created, data: { b: '2' } })
      expect(updated.data).toEqual({ b: '2' })
      expect(updated.metadata.resourceVersion).not.toBe(created.metadata.resourceVersion)
      const list = await api.list<ConfigMap>(maps, ns, { fieldSelector: 'metadata.name=life' })
      expect(list.items).toEqual([updated])
      await api.delete(maps, ns, 'life')
      await expect(api.get(maps, ns, 'life')).rejects.toSatisfy(isNotFound)
      await expect(api.delete(maps, ns, 'life')).rejects.toSatisfy(isNotFound)
    })

    test('a write that changes nothing makes no version', async () => {
      const created = await make(map('same', { a: '1' }))
      const again = await api.update(maps, ns, created)
      expect(again.metadata.resourceVersion).toBe(created.metadata.resourceVersion)
      const patched = await api.patch<ConfigMap>(maps, ns, 'same', 'merge', { data: { a: '1' } })
      expect(patched.metadata.resourceVersion).toBe(created.metadata.resourceVersion)
    })

    test('the second of two writes from one version is refused', async () => {
      const first = await make(map('race', { a: '1' }))
      await api.update(maps, ns, { ...first, data: { a: '2' } })
      await expect(api.update(maps, ns, { ...first, data: { a: '3' } })).rejects.toSatisfy(isConflict)
      const stale = { metadata: { resourceVersion: first.metadata.resourceVersion }, data: { a: '4' } }
      await expect(api.patch(maps, ns, 'race', 'merge', stale)).rejects.toSatisfy(isConflict)
      expect((await api.get<ConfigMap>(maps, ns, 'race')).data).toEqual({ a: '2' })
    })

    test('a name is taken once', async () => {
      await make(map('once'))
      const refused = make(map('once'))
      await expect(refused).rejects.toSatisfy(isAlreadyExists)
      await expect(refused).rejects.not.toSatisfy(isConflict)
    })

    test('generated names', async () => {
      const create = (): Promise<ConfigMap> => make({ metadata: { generateName: 'gen-' } })
      const names = (await Promise.all([create(), create(), create()])).map(({ metadata }) => metadata.name)
      expect(new Set(names).size).toBe(3)
      for (const name of names) expect(name).toMatch(/^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    })

    test('patches', async () => {
      await make(map('patched', { a: '1', b: '2' }))
      const patch = (type: 'merge' | 'json' | 'strategic', body: unknown): Promise<ConfigMap> =>
        api.patch<ConfigMap>(maps, ns, 'patched', type, body)
      expect((await patch('merge', { data: { a: null, c: '3' } })).data).toEqual({ b: '2', c: '3' })
      expect((await patch('json', [{ op: 'replace', path: '/data/b', value: '5' }])).data).toEqual({
        b: '5',
        c: '3',
      })
      expect((await patch('strategic', { data: { c: null } })).data).toEqual({ b: '5' })
      const failing = patch('json', [
        { op: 'replace', path: '/data/b', value: '6' },
        { op: 'test', path: '/data/b', value: 'x' },
      ])
      await expect(failing).rejects.toMatchObject({ status: { code: 422, reason: 'Invalid' } })
      await expect(patch('merge', { metadata: { name: 'other' } })).rejects.toMatchObject({
        status: { code: 400 },
      })
      await expect(api.patch(maps, ns, 'nobody', 'merge', {})).rejects.toSatisfy(isNotFound)
      expect((await api.get<ConfigMap>(maps, ns, 'patched')).data).toEqual({ b: '5' })
    })

    test('pages of a list', async () => {
      for (const name of ['pa', 'pb', 'pc', 'pd', 'pe']) await make(map(name, {}, { pages: 'yes' }))
      const names: (string | undefined)[] = []
      let next: string | undefined
      let pages = 0
      do {
        const page = await api.list(maps, ns, {
          labelSelector: 'pages=yes',
          limit: 2,
          ...(next === undefined ? {} : { continue: next }),
        })
        names.push(...page.items.map(({ metadata }) => metadata.name))
        next = page.metadata.continue
        pages++
      } while (next !== undefined && next !== '')
      expect(names).toEqual(['pa', 'pb', 'pc', 'pd', 'pe'])
      expect(pages).toBe(3)
    })

    test('selectors', async () => {
      await make(map('sel-a', {}, { sel: '1', tier: 'x' }))
      await make(map('sel-b', {}, { sel: '2' }))
      const names = async (labelSelector: string): Promise<unknown> =>
        (await api.list(maps, ns, { labelSelector })).items.map(({ metadata }) => metadata.name)
      expect(await names('sel in (1,2)')).toEqual(['sel-a', 'sel-b'])
      expect(await names('sel,!tier')).toEqual(['sel-b'])
      expect(await names('sel,tier!=x')).toEqual(['sel-b'])
      await expect(names('sel===1')).rejects.toMatchObject({ status: { code: 400 } })
      await expect(api.list(maps, ns, { fieldSelector: 'data.a=1' })).rejects.toMatchObject({
        status: { code: 400 },
      })
    })

    test('a watch tells what happened since a list, through its selector', async () => {
      const { metadata } = await api.list(maps, ns)
      const stop = new AbortController()
      const wanted = watchFrom(api, ns, metadata.resourceVersion, 'seen=yes', 5, stop)
      await make(map('w1', { n: '1' }, { seen: 'no' }))
      await api.patch(maps, ns, 'w1', 'merge', { metadata: { labels: { seen: 'yes' } } })
      await api.patch(maps, ns, 'w1', 'merge', { data: { n: '2' } })
      await api.patch(maps, ns, 'w1', 'merge', { metadata: { labels: { seen: 'no' } } })
      await make(map('w2', {}, { seen: 'yes' }))
      await api.delete(maps, ns, 'w2')
      await api.delete(maps, ns, 'w1')
      const events = await wanted
      expect(events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`)).toEqual([
        'ADDED w1',
        'MODIFIED w1',
        'DELETED w1',
        'ADDED w2',
        'DELETED w2',
      ])
      const versions = events.map(({ object }) => Number(object.metadata.resourceVersion))
      expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    })

    test('a watch ends with the reason of its signal', async () => {
      const stop = new AbortController()
      const reason = new Error('enough')
      const { metadata } = await api.list(maps, ns)
      const ended = (async () => {
        for await (const _ of api.watch(maps, ns, {
          resourceVersion: metadata.resourceVersion,
          signal: stop.signal,
        }))
          stop.abort(reason)
      })()
      ended.catch(() => {})
      await make(map('wake'))
      await expect(ended).rejects.toBe(reason)
    })

    test('a watch ends by itself after its time', async () => {
      const { metadata } = await api.list(maps, ns)
      const events = []
      for await (const event of api.watch(maps, ns, {
        resourceVersion: metadata.resourceVersion,
        timeoutSeconds: 1,
      }))
        events.push(event.type)
      expect(events.filter((type) => type !== 'BOOKMARK')).toEqual([])
    })

    test('delete only this very object', async () => {
      const created = await make(map('mine'))
      const other = '11111111-2222-3333-4444-555555555555'
      await expect(api.delete(maps, ns, 'mine', { preconditionUid: other })).rejects.toSatisfy(isConflict)
      await api.delete(maps, ns, 'mine', { preconditionUid: created.metadata.uid ?? '' })
    })

    test('delete a collection by its label', async () => {
      await make(map('col-a', {}, { col: 'yes' }))
      await make(map('col-b', {}, { col: 'yes' }))
      await make(map('col-c', {}, { col: 'no' }))
      await api.deleteCollection(maps, ns, { labelSelector: 'col=yes' })
      expect(
        (await api.list(maps, ns, { labelSelector: 'col' })).items.map(({ metadata }) => metadata.name),
      ).toEqual(['col-c'])
    })

    test('dependents go with their owner', async () => {
      const owner = await make(map('owner'))
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid ?? '' }
      const { metadata } = await api.list(maps, ns)
      await make({
        metadata: { name: 'dependent', labels: { dependent: 'yes' }, ownerReferences: [reference] },
      })
      const stop = new AbortController()
      const events = watchFrom(api, ns, metadata.resourceVersion, 'dependent=yes', 2, stop)
      await api.delete(maps, ns, 'owner', { propagationPolicy: 'Background' })
      expect((await events).map(({ type }) => type)).toEqual(['ADDED', 'DELETED'])
    })

    test('a finalizer holds an object until it is taken off', async () => {
      await make({ metadata: { name: 'held', finalizers: ['example.com/hold'] } })
      await api.delete(maps, ns, 'held')
      const held = await api.get(maps, ns, 'held')
      expect(held.metadata.deletionTimestamp).toBeDefined()
      await api.patch(maps, ns, 'held', 'merge', { metadata: { finalizers: null } })
      await expect(api.get(maps, ns, 'held')).rejects.toSatisfy(isNotFound)
    })

    test('pods: fixed spec, status of its own, gone at once when on no node', async () => {
      const pod: Pod = {
        metadata: { name: 'pod' },
        spec: {
          schedulerName: 'nobody',
          automountServiceAccountToken: false,
          containers: [{ name: 'main', image: 'busybox' }],
        },
        status: { phase: 'Succeeded' },
      }
      const created = await api.create(resources.pods, ns, pod)
      expect(created.status?.phase).toBe('Pending')
      expect(created.spec).toMatchObject({
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        serviceAccountName: 'default',
      })
      const ignored = await api.patch<Pod>(resources.pods, ns, 'pod', 'merge', { status: { message: 'x' } })
      expect(ignored.metadata.resourceVersion).toBe(created.metadata.resourceVersion)
      const status = { status: { phase: 'Running', message: 'mine' }, spec: { containers: [] } }
      const running = await api.patch<Pod>(resources.pods, ns, 'pod', 'merge', status, {
        subresource: 'status',
      })
      expect(running.status).toMatchObject({ phase: 'Running', message: 'mine' })
      expect(running.spec).toEqual(created.spec)
      const changed = api.patch(resources.pods, ns, 'pod', 'strategic', {
        spec: { containers: [{ name: 'main', args: ['x'] }] },
      })
      await expect(changed).rejects.toMatchObject({ status: { code: 422, reason: 'Invalid' } })
      const labelled = await api.patch<Pod>(resources.pods, ns, 'pod', 'strategic', {
        metadata: { labels: { a: 'b' } },
      })
      expect(labelled.metadata.labels).toEqual({ a: 'b' })
      await api.delete(resources.pods, ns, 'pod')
      await expect(api.get(resources.pods, ns, 'pod')).rejects.toSatisfy(isNotFound)
    })

    test.each<[string, unknown, number]>([
      ['no name', { metadata: {} }, 422],
      ['a name with capitals', { metadata: { name: 'Bad_Name' } }, 422],
      ['a label with a space', { metadata: { name: 'x', labels: { a: 'b c' } } }, 422],
      ['another namespace', { metadata: { name: 'x', namespace: 'elsewhere' } }, 400],
      ['a version', { metadata: { name: 'x', resourceVersion: '7' } }, 500],
      ['a number as data', { metadata: { name: 'x' }, data: { a: 1 } }, 400],
      ['another kind', { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'x' } }, 400],
    ])('create refuses %s', async (_, object, code) => {
      await expect(make(object as ConfigMap)).rejects.toMatchObject({ status: { code } })
    })

    test('a name never leads out of its collection', async () => {
      await make(map('inside', { secret: '1' }))
      for (const name of [
        '../configmaps/inside',
        '..',
        '.',
        'inside/../inside',
        'inside?x=y',
        'inside#',
        'a b',
        '%2e%2e',
      ]) {
        const error: unknown = await api.get(maps, ns, name).catch((thrown: unknown) => thrown)
        expect([400, 404], name).toContain(kubeStatusOf(error)?.code)
      }
      await expect(api.delete(maps, ns, '')).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' })
      expect((await api.get<ConfigMap>(maps, ns, 'inside')).data).toEqual({ secret: '1' })
    })

    test('what is not served is not found', async () => {
      const nothing: Resource = { group: 'example.com', version: 'v9', plural: 'things', kind: 'Thing' }
      await expect(api.list(nothing, ns)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
      await expect(api.create(maps, 'no-such-namespace', map('x'))).rejects.toSatisfy(isNotFound)
    })
  })
}

async function watchFrom(
  api: KubeApi,
  namespace: string,
  resourceVersion: string,
  labelSelector: string,
  count: number,
  stop: AbortController,
): Promise<readonly WatchEvent<ConfigMap>[]> {
  const events: WatchEvent<ConfigMap>[] = []
  for await (const event of api.watch<ConfigMap>(maps, namespace, {
    resourceVersion,
    labelSelector,
    signal: stop.signal,
  })) {
    if (event.type !== 'BOOKMARK') events.push(event)
    if (events.length === count) return events
  }
  throw new Error(`the watch ended after ${String(events.length)} of ${String(count)} events`)
}
