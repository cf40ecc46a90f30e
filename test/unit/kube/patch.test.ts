// The three kinds of patches.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { parse } from 'yaml'
import { jsonPatch } from '../../../src/kube/patch/json.ts'
import { mergePatch } from '../../../src/kube/patch/merge.ts'
import { podSpecType } from '../../../src/kube/patch/merge-keys.ts'
import { strategicMergePatch } from '../../../src/kube/patch/strategic.ts'
import type { Json, JsonObject } from '../../../src/spec/types.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { sharedDir } from '../../rig/shared.ts'

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>

describe('merge patch', () => {
  test.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', c: 1 }, { a: null }, { c: 1 }],
    [{ a: ['b'] }, { a: ['c', 'd'] }, { a: ['c', 'd'] }],
    [{ a: { b: 1, c: 2 } }, { a: { b: 3, c: null } }, { a: { b: 3 } }],
    [{ a: 1 }, { a: { b: { c: null, d: 1 } } }, { a: { b: { d: 1 } } }],
    [['a'], { a: 'b' }, { a: 'b' }],
    [{ a: 1 }, 'text', 'text'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result)
  })

  test('a key called __proto__ is a key like any other', () => {
    const patched = mergePatch({}, JSON.parse('{"__proto__":{"polluted":1}}') as Json) as JsonObject
    expect(Object.keys(patched)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('patching twice is patching once, and the target stays as it was', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = JSON.stringify(target)
        const once = mergePatch(target, patch)
        expect(mergePatch(once, patch)).toEqual(once)
        expect(JSON.stringify(target)).toBe(before)
      }),
      { numRuns: 300 },
    )
  })
})

describe('json patch', () => {
  const apply = (document: Json, ...operations: readonly JsonObject[]): Json =>
    jsonPatch(document, operations)

  test.each<[string, Json, JsonObject, Json]>([
    ['add to an object', { a: 1 }, { op: 'add', path: '/b', value: 2 }, { a: 1, b: 2 }],
    ['add over a value', { a: 1 }, { op: 'add', path: '/a', value: null }, { a: null }],
    ['insert into a list', { a: [1, 3] }, { op: 'add', path: '/a/1', value: 2 }, { a: [1, 2, 3] }],
    ['append', { a: [1] }, { op: 'add', path: '/a/-', value: 2 }, { a: [1, 2] }],
    ['remove', { a: [1, 2] }, { op: 'remove', path: '/a/0' }, { a: [2] }],
    ['replace', { a: { b: 1 } }, { op: 'replace', path: '/a/b', value: 2 }, { a: { b: 2 } }],
    ['move', { a: 1 }, { op: 'move', from: '/a', path: '/b' }, { b: 1 }],
    ['copy', { a: [1] }, { op: 'copy', from: '/a', path: '/b' }, { a: [1], b: [1] }],
    ['test', { a: { x: [1] } }, { op: 'test', path: '/a', value: { x: [1] } }, { a: { x: [1] } }],
    ['escapes', { 'a/b~c': 1 }, { op: 'replace', path: '/a~1b~0c', value: 2 }, { 'a/b~c': 2 }],
    ['replace of nothing', {}, { op: 'replace', path: '/a', value: 1 }, { a: 1 }],
    ['copy of nothing', {}, { op: 'copy', from: '/a', path: '/b' }, { b: null }],
    ['the whole', { a: 1 }, { op: 'replace', path: '', value: [] }, []],
  ])('%s', (_, document, operation, result) => {
    expect(apply(document, operation)).toEqual(result)
  })

  test.each<[string, Json, JsonObject]>([
    ['a parent that is not there', {}, { op: 'add', path: '/a/b', value: 1 }],
    ['remove of nothing', {}, { op: 'remove', path: '/a' }],
    ['replace below nothing', {}, { op: 'replace', path: '/a/b', value: 1 }],
    ['copy from below nothing', {}, { op: 'copy', from: '/a/b', path: '/c' }],
    ['an index past the end', { a: [] }, { op: 'add', path: '/a/1', value: 1 }],
    ['an index with a leading zero', { a: [1, 2] }, { op: 'remove', path: '/a/01' }],
    ['a failed test', { a: 1 }, { op: 'test', path: '/a', value: 2 }],
    ['a move into itself', { a: {} }, { op: 'move', from: '/a', path: '/a/b' }],
    ['inherited names', {}, { op: 'remove', path: '/toString' }],
    ['a scalar as parent', { a: 'text' }, { op: 'add', path: '/a/0', value: 1 }],
  ])('refuses %s', (_, document, operation) => {
    expect(() => apply(document, operation)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_INPUT' }))
  })

  test.each<[string, Json]>([
    ['no list', {}],
    ['an unknown operation', [{ op: 'increase', path: '/a' }]],
    ['a path without slash', [{ op: 'remove', path: 'a' }]],
    ['no value', [{ op: 'add', path: '/a' }]],
  ])('%s is a malformed patch', (_, patch) => {
    expect(() => jsonPatch({}, patch)).toThrow(expect.objectContaining({ code: 'ERR_BAD_REQUEST' }))
  })

  test('the document is untouched, also when a later operation fails', () => {
    const document = { a: { b: [1] } }
    expect(() =>
      apply(document, { op: 'add', path: '/a/b/-', value: 2 }, { op: 'remove', path: '/x' }),
    ).toThrow()
    expect(document).toEqual({ a: { b: [1] } })
  })
})

describe('strategic merge patch', () => {
  const patched = (target: JsonObject, patch: JsonObject): JsonObject =>
    strategicMergePatch(target, patch, podSpecType)

  test('containers merge by name, env by name, mounts by path', () => {
    const target = {
      containers: [
        { name: 'a', env: [{ name: 'X', value: '1' }], volumeMounts: [{ name: 'v', mountPath: '/v' }] },
        { name: 'b', args: ['1', '2'] },
      ],
    }
    const patch = {
      containers: [
        { name: 'b', args: ['3'] },
        {
          name: 'a',
          env: [{ name: 'X', value: '2' }, { name: 'Y' }],
          volumeMounts: [{ name: 'w', mountPath: '/v', readOnly: true }],
        },
      ],
    }
    expect(patched(target, patch)).toEqual({
      containers: [
        { name: 'b', args: ['3'] },
        {
          name: 'a',
          env: [{ name: 'X', value: '2' }, { name: 'Y' }],
          volumeMounts: [{ name: 'w', mountPath: '/v', readOnly: true }],
        },
      ],
    })
  })

  test('the untouched keep their place before what they stood before', () => {
    const names = (list: Json | undefined): Json =>
      (list as readonly JsonObject[]).map((item) => item['name'] as string)
    const volumes = (...all: readonly string[]): JsonObject => ({ volumes: all.map((name) => ({ name })) })
    expect(names(patched(volumes('a', 'b', 'c'), volumes('c', 'new'))['volumes'])).toEqual([
      'a',
      'b',
      'c',
      'new',
    ])
    expect(names(patched(volumes('a', 'b', 'c'), volumes('new', 'a'))['volumes'])).toEqual([
      'new',
      'a',
      'b',
      'c',
    ])
    expect(names(patched(volumes('a', 'b', 'c'), volumes('c', 'a'))['volumes'])).toEqual(['b', 'c', 'a'])
  })

  test('directives', () => {
    const target = {
      containers: [{ name: 'a', image: 'x' }, { name: 'b' }],
      nodeSelector: { x: '1', y: '2' },
      tolerations: [{ key: 'k' }],
    }
    expect(patched(target, { containers: [{ name: 'a', $patch: 'delete' }] })['containers']).toEqual([
      { name: 'b' },
    ])
    expect(patched(target, { containers: [{ $patch: 'replace' }, { name: 'c' }] })['containers']).toEqual([
      { name: 'c' },
    ])
    // parity: an item with it replaces the whole list by the other items.
    expect(patched(target, { containers: [{ name: 'a', $patch: 'replace' }] })['containers']).toEqual([])
    expect(patched(target, { nodeSelector: { $patch: 'replace', z: '3' } })['nodeSelector']).toEqual({
      z: '3',
    })
    expect(patched(target, { nodeSelector: { $patch: 'delete' } })['nodeSelector']).toEqual({})
    expect(patched(target, { nodeSelector: { $retainKeys: ['y', 'z'], z: '3' } })['nodeSelector']).toEqual({
      y: '2',
      z: '3',
    })
    expect(
      patched(target, {
        '$setElementOrder/containers': [{ name: 'b' }],
        containers: [{ name: 'b', image: 'q' }],
      })['containers'],
    ).toEqual([
      { name: 'a', image: 'x' },
      { name: 'b', image: 'q' },
    ])
    expect(patched(target, { tolerations: [] })['tolerations']).toEqual([])
  })

  test('refuses an item without its key and an unknown directive', () => {
    expect(() => patched({}, { containers: [{ image: 'x' }] })).toThrow(
      'does not contain declared merge key: name',
    )
    expect(() => patched({}, { $patch: 'explode' })).toThrow('unknown patch type')
  })
})

describeNeeding({ shared: true }, 'strategic merge patch, vectors', () => {
  test('pod-spec-patch', () => {
    interface Case {
      readonly in: { readonly patches: readonly string[]; readonly podSpec: JsonObject }
      readonly out: { readonly error: string | null; readonly podSpec: JsonObject }
    }
    const file = join(sharedDir() ?? '', 'corpus/vectors/pod-spec-patch.json')
    const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }
    const covered = cases.filter(({ out }) => out.error === null)
    for (const { in: given, out } of covered) {
      const result = given.patches.reduce(
        (spec, text) => strategicMergePatch(spec, parse(text) as JsonObject, podSpecType),
        given.podSpec,
      )
      expect(withoutEmpty(result)).toEqual(out.podSpec)
    }
    expect(covered.length).toBe(cases.length - 1)
  })
})

/** The reference writes typed objects, which leave out empty structs. */
function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutEmpty)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const slim = withoutEmpty(item as Json)
      return typeof slim === 'object' && slim !== null && Object.keys(slim).length === 0 ? [] : [[key, slim]]
    }),
  )
}
