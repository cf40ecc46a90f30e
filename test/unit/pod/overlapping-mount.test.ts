// Which paths lie in a volume of the user.

import { expect, test } from 'vitest'
import { overlappingMount } from '../../../src/pod/overlapping-mount.ts'

const mounts = [{ mountPath: '/work' }, { mountPath: '/work/deep/' }, { mountPath: '/data/x' }, {}]

test.each([
  ['/work', '/work'],
  ['/work/', '/work'],
  ['/work/a', '/work'],
  ['/work/deep', '/work/deep/'],
  ['/work/deep/a', '/work/deep/'],
  ['/work/deeper', '/work'],
  ['/workshop', undefined],
  ['/data', undefined],
  ['/', undefined],
])('%s lies in %s', (path, expected) => {
  expect(overlappingMount(path, mounts)?.mountPath).toBe(expected)
})

test('a volume at the root holds everything', () => {
  expect(overlappingMount('/a', [{ mountPath: '/' }])?.mountPath).toBe('/')
})
