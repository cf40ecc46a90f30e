// Which part of main's file system a path lies in.

import { describe, expect, test } from 'vitest'
import { isBaseLayer, userMountOf } from '../../../src/pod/main-paths.ts'
import type { Template } from '../../../src/spec/types.ts'

const template: Template = {
  container: {
    volumeMounts: [
      { name: 'a', mountPath: '/work' },
      { name: 'b', mountPath: '/work/deep/' },
    ],
  },
  inputs: {
    artifacts: [
      { name: 'in', path: '/in/data' },
      { name: 'maybe', path: '/maybe', optional: true },
    ],
  },
}

describe('the mount that holds a path', () => {
  test.each([
    ['/work', 'a'],
    ['/work/x', 'a'],
    ['/work/deep/x', 'b'],
    ['/work/deep', 'b'],
    ['//work//x/', 'a'],
    ['/workshop', undefined],
    ['/work/../etc', undefined],
    ['/', undefined],
  ])('%s', (path, name) => {
    expect(userMountOf(template, path)?.name).toBe(name)
  })
})

describe('whether main has to hand the path over', () => {
  test.each([
    ['/out', true],
    ['/work/out', false],
    ['/in/data', false],
    ['/in/data/below', false],
    ['/in/database', true],
    ['/in', true],
  ])('%s', (path, expected) => {
    expect(isBaseLayer(template, path, () => true)).toBe(expected)
  })

  test('the path of an optional input belongs to the layer when the input was not supplied', () => {
    expect(isBaseLayer(template, '/maybe', () => false)).toBe(true)
    expect(isBaseLayer(template, '/maybe', () => true)).toBe(false)
  })
})
