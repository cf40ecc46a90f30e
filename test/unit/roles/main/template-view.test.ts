// What main reads of its template, whatever shape it has.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTemplateView } from '../../../../roles/main/template-view.ts'
import { podLayout, type Layout } from '../../../../src/pod/layout.ts'

let folder = ''
let layout: Layout = podLayout('')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'template-view-'))
  layout = podLayout(folder)
  for (const path of [dirname(layout.templateFile), layout.offload]) mkdirSync(path, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const nothing = { parameterPaths: [], artifacts: [], volumeMounts: [], sidecars: [], archiveLogs: false }

test('finds outputs, mounts, sidecars and levels', () => {
  const template = {
    outputs: {
      parameters: [
        { name: 'a', valueFrom: { path: '/a' } },
        { name: 'b', value: 'x' },
        { name: 'c', valueFrom: {} },
      ],
      artifacts: [
        { name: 'd', path: '/d' },
        { name: 'e', path: '/e', archive: { none: {} } },
        { name: 'f', path: '/f', archive: { zip: {} } },
        { name: 'g', path: '/g', archive: { tar: { compressionLevel: 9 } } },
        { name: 'h', from: 'x' },
      ],
    },
    script: { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
    sidecars: [{ name: 's' }],
    archiveLocation: { archiveLogs: true },
  }
  expect(readTemplateView({ ARGO_TEMPLATE: JSON.stringify(template) }, layout)).toEqual({
    parameterPaths: ['/a'],
    artifacts: [
      { path: '/d', level: undefined },
      { path: '/e', level: 0 },
      { path: '/f', level: 0 },
      { path: '/g', level: 9 },
    ],
    volumeMounts: [{ mountPath: '/v' }],
    sidecars: ['s'],
    archiveLogs: true,
  })
})

test('the file counts before the environment, which may point to another file', () => {
  expect(readTemplateView({ ARGO_TEMPLATE: '{"sidecars":[{"name":"env"}]}' }, layout).sidecars).toEqual([
    'env',
  ])
  writeFileSync(join(layout.offload, 'ARGO_TEMPLATE'), '{"sidecars":[{"name":"offloaded"}]}')
  expect(readTemplateView({ ARGO_TEMPLATE: 'offloaded' }, layout).sidecars).toEqual(['offloaded'])
  writeFileSync(layout.templateFile, '{"sidecars":[{"name":"file"}]}')
  expect(readTemplateView({ ARGO_TEMPLATE: 'offloaded' }, layout).sidecars).toEqual(['file'])
})

test('says what is wrong', () => {
  expect(() => readTemplateView({}, layout)).toThrow(
    `failed to read template: neither ${layout.templateFile} nor ARGO_TEMPLATE is available`,
  )
  expect(() => readTemplateView({ ARGO_TEMPLATE: 'offloaded' }, layout)).toThrow(
    'failed to read template: ENOENT',
  )
  expect(() => readTemplateView({ ARGO_TEMPLATE: '{' }, layout)).toThrow('failed to unmarshal template: ')
})

test('any other JSON is a template without outputs', () => {
  expect(
    readTemplateView(
      { ARGO_TEMPLATE: '{"outputs":null,"container":null,"__proto__":{"sidecars":[]}}' },
      layout,
    ),
  ).toEqual(nothing)
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const view = readTemplateView({ ARGO_TEMPLATE: JSON.stringify(value) }, layout)
      expect(Object.keys(view)).toEqual(Object.keys(nothing))
    }),
  )
})
