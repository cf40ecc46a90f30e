// A live copy of objects: right after a flow of changes, after lost versions, and after an API that was away.

import { describe, expect, test } from 'vitest'
import {
  resources,
  type KubeApi,
  type KubeList,
  type KubeObject,
  type WatchEvent,
} from '../../../src/kube/api.ts'
import { byAnnotation, byLabel } from '../../../src/kube/informer-cache.ts'
import { startInformer, type InformerOptions } from '../../../src/kube/informer.ts'
import { KubeError } from '../../../src/kube/kube-error.ts'
import { openLocalApi } from '../../rig/kube-apis.ts'

type Thing = KubeObject & { readonly data?: Readonly<Record<string, string>> }

/** Collects what the handlers are told and lets a test wait for a number of tellings. */
function diary(): {
  readonly lines: string[]
  readonly handlers: InformerOptions<Thing>['handlers'] & object
  until(count: number): Promise<void>
} {
  const lines: string[] = []
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const write = (line: string): void => {
    lines.push(line)
    for (const { count, resolve } of waiting) if (lines.length >= count) resolve()
  }
  const show = ({ metadata, data }: Thing): string =>
    `${metadata.name ?? ''}${data === undefined ? '' : `=${data['n'] ?? ''}`}`
  return {
    lines,
    handlers: {
      added: (object) => write(`+${show(object)}`),
      updated: (object, old) => write(`${show(old)}>${show(object)}`),
      deleted: (object) => write(`-${show(object)}`),
    },
    until: (count) =>
      new Promise((resolve) => {
        if (lines.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
  }
}

describe('with the embedded API', () => {
  test('follows what happens, keeps its indexes, ends with its signal', async () => {
    await using local = await openLocalApi()
    const { api } = local
    const map = (name: string, n: string, labels: Record<string, string> = {}): Thing => ({
      metadata: { name, labels },
      data: { n },
    })
    await api.create(resources.configMaps, 'argo', map('a', '1', { wf: 'x' }))
    const book = diary()
    const stop = new AbortController()
    const informer = startInformer<Thing>({
      api,
      resource: resources.configMaps,
      namespace: 'argo',
      indexes: { workflow: byLabel('wf'), node: byAnnotation('node') },
      handlers: book.handlers,
      signal: stop.signal,
    })
    await informer.synced
    expect(book.lines).toEqual(['+a=1'])
    await api.create(resources.configMaps, 'argo', map('b', '1', { wf: 'x' }))
    await api.patch(resources.configMaps, 'argo', 'a', 'merge', {
      metadata: { labels: { wf: 'y' }, annotations: { node: 'n1' } },
    })
    await api.delete(resources.configMaps, 'argo', 'b')
    await book.until(4)
    expect(book.lines).toEqual(['+a=1', '+b=1', 'a=1>a=1', '-b=1'])
    expect(informer.by('workflow', 'x')).toEqual([])
    expect(informer.by('workflow', 'y').map(({ metadata }) => metadata.name)).toEqual(['a'])
    expect(informer.by('node', 'n1').length).toBe(1)
    expect(informer.get('argo', 'a')?.metadata.labels).toEqual({ wf: 'y' })
    expect(informer.get('argo', 'b')).toBeUndefined()
    stop.abort()
    await informer.ended
    await api.create(resources.configMaps, 'argo', map('late', '1'))
    expect(informer.list().length).toBe(1)
  })

  test('a long list comes in pages', async () => {
    await using local = await openLocalApi()
    const { api } = local
    for (let n = 0; n < 7; n++)
      await api.create(resources.configMaps, 'argo', { metadata: { name: `m${String(n)}` } })
    const stop = new AbortController()
    const pages: number[] = []
    const counting: KubeApi = {
      ...api,
      list: async <T extends KubeObject>(...call: Parameters<KubeApi['list']>) => {
        const page = await api.list<T>(...call)
        pages.push(page.items.length)
        return page
      },
    }
    const informer = startInformer({
      api: counting,
      resource: resources.configMaps,
      namespace: 'argo',
      signal: stop.signal,
      pageSize: 3,
    })
    await informer.synced
    expect(informer.list().length).toBe(7)
    expect(pages).toEqual([3, 3, 1])
    stop.abort()
    await informer.ended
  })
})

/** An API that lists and watches by a script: each list and each watch takes the next entry. */
function scripted(
  lists: (KubeList<Thing> | Error)[],
  watches: (readonly (WatchEvent<Thing> | Error)[])[],
): { readonly api: KubeApi; readonly versions: string[] } {
  const versions: string[] = []
  const api = {
    list: () => {
      const next = lists.shift()
      if (next === undefined) return Promise.reject(new Error('the script has no more lists'))
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
    },
    watch: async function* (
      _resource: unknown,
      _namespace: unknown,
      options: { resourceVersion: string; signal: AbortSignal },
    ) {
      versions.push(options.resourceVersion)
      for (const event of watches.shift() ?? []) {
        if (event instanceof Error) throw event
        yield event
      }
      if (watches.length > 0 || options.signal.aborted) return
      await new Promise((resolve) => {
        options.signal.addEventListener('abort', resolve, { once: true })
      })
    },
  }
  return { api: api as unknown as KubeApi, versions }
}

const thing = (name: string, resourceVersion: string, uid = name): Thing => ({
  metadata: { name, namespace: 'n', uid, resourceVersion },
})
const listOf = (resourceVersion: string, ...items: Thing[]): KubeList<Thing> => ({
  metadata: { resourceVersion },
  items,
})
const gone = (): Error => new KubeError({ code: 410, reason: 'Expired', message: 'too old resource version' })
const fast = { backoffMs: { least: 1, most: 5 } }

async function play(
  api: KubeApi,
  tellings: number,
): Promise<{ readonly lines: readonly string[]; readonly left: readonly string[] }> {
  const book = diary()
  const stop = new AbortController()
  const informer = startInformer<Thing>({
    api,
    resource: resources.configMaps,
    namespace: 'n',
    handlers: book.handlers,
    signal: stop.signal,
    ...fast,
  })
  await book.until(tellings)
  const left = informer
    .list()
    .map(({ metadata }) => `${metadata.name ?? ''}@${metadata.resourceVersion ?? ''}`)
  stop.abort()
  await informer.ended
  return { lines: book.lines, left }
}

describe('with an API that misbehaves', () => {
  test('the same news twice is told once, an unknown change is an addition, an unknown end is nothing', async () => {
    const { api } = scripted(
      [listOf('5', thing('a', '3'))],
      [
        [
          { type: 'ADDED', object: thing('a', '3') },
          { type: 'MODIFIED', object: thing('a', '6') },
          { type: 'MODIFIED', object: thing('a', '6') },
          { type: 'MODIFIED', object: thing('b', '7') },
          { type: 'DELETED', object: thing('c', '8') },
          { type: 'ADDED', object: thing('a', '9') },
        ],
      ],
    )
    expect(await play(api, 4)).toEqual({ lines: ['+a', 'a>a', '+b', 'a>a'], left: ['b@7', 'a@9'] })
  })

  test('a watch that ended is resumed from its last version, bookmarks count', async () => {
    const bookmark: WatchEvent<Thing> = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '40' } } }
    const { api, versions } = scripted(
      [listOf('5')],
      [
        [{ type: 'ADDED', object: thing('a', '6') }],
        [bookmark],
        [new Error('cut off')],
        [{ type: 'ADDED', object: thing('b', '41') }],
      ],
    )
    expect((await play(api, 2)).lines).toEqual(['+a', '+b'])
    expect(versions).toEqual(['5', '6', '40', '40'])
  })

  test('after 410 the list tells what was missed', async () => {
    const { api, versions } = scripted(
      [
        listOf('5', thing('a', '1'), thing('b', '2'), thing('c', '3')),
        listOf('50', thing('a', '1'), thing('b', '30'), thing('d', '40')),
      ],
      [[gone()], []],
    )
    expect(await play(api, 6)).toEqual({
      lines: ['+a', '+b', '+c', 'b>b', '+d', '-c'],
      left: ['a@1', 'b@30', 'd@40'],
    })
    expect(versions).toEqual(['5', '50'])
  })

  test('an object that was deleted and made anew between two looks is told as both', async () => {
    const { api } = scripted(
      [listOf('5', thing('a', '1', 'old')), listOf('50', thing('a', '30', 'new'))],
      [[gone()], []],
    )
    expect((await play(api, 3)).lines).toEqual(['+a', '-a', '+a'])
  })

  test('a list that fails is tried again until it comes', async () => {
    const { api } = scripted(
      [new Error('refused'), new Error('refused'), gone(), listOf('5', thing('a', '1'))],
      [],
    )
    expect((await play(api, 1)).lines).toEqual(['+a'])
  })

  test('a handler that throws stops nobody', async () => {
    const { api } = scripted([listOf('5', thing('a', '1'), thing('b', '2'))], [])
    const stop = new AbortController()
    const told: string[] = []
    const informer = startInformer<Thing>({
      api,
      resource: resources.configMaps,
      namespace: 'n',
      signal: stop.signal,
      handlers: {
        added: ({ metadata }) => {
          told.push(metadata.name ?? '')
          throw new Error('mine')
        },
      },
    })
    await informer.synced
    expect(told).toEqual(['a', 'b'])
    stop.abort()
    await informer.ended
  })

  test('ended before it was ever in step: synced rejects with the reason', async () => {
    const { api } = scripted([new Error('refused')], [])
    const stop = new AbortController()
    const informer = startInformer({
      api,
      resource: resources.configMaps,
      namespace: 'n',
      signal: stop.signal,
    })
    stop.abort(new Error('stopped'))
    await expect(informer.synced).rejects.toThrow('stopped')
    await informer.ended
  })

  test('managedFields are not kept', async () => {
    const object = { metadata: { ...thing('a', '1').metadata, managedFields: [{ manager: 'x' }] } }
    const { api } = scripted([listOf('5', object)], [])
    const stop = new AbortController()
    const informer = startInformer<Thing>({
      api,
      resource: resources.configMaps,
      namespace: 'n',
      signal: stop.signal,
    })
    await informer.synced
    expect(informer.get('n', 'a')?.metadata).not.toHaveProperty('managedFields')
    stop.abort()
    await informer.ended
  })
})
