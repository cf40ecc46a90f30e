// Mounts of a container: their order, and sub-paths that must not lead out of their volume.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { containerMounts } from '../../../../src/local/engine/container-mounts.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argo-mounts-'))
  mkdirSync(join(folder, 'volume'))
  mkdirSync(join(folder, 'outside'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const mountsOf = (
  ...volumeMounts: readonly {
    mountPath: string
    subPath?: string
    subPathExpr?: string
    readOnly?: boolean
  }[]
) =>
  containerMounts(
    { name: 'main', volumeMounts: volumeMounts.map((mount) => ({ name: 'v', ...mount })) },
    new Map([['v', { path: join(folder, 'volume'), readOnly: false }]]),
    { NAME: 'of-the-pod' },
  )

describe('containerMounts', () => {
  test('an outer mount comes before one inside it', async () => {
    const mounts = await mountsOf({ mountPath: '/a/b/c' }, { mountPath: '/a' }, { mountPath: '/' })
    expect(mounts.map(({ target }) => target)).toEqual(['/', '/a', '/a/b/c'])
  })

  test('a missing sub-path is made, a file stays a file', async () => {
    writeFileSync(join(folder, 'volume/file'), '')
    const mounts = await mountsOf(
      { mountPath: '/new', subPath: 'x/y' },
      { mountPath: '/f', subPath: 'file', readOnly: true },
    )
    expect(mounts.map(({ type, readOnly }) => [type, readOnly])).toEqual([
      ['folder', false],
      ['file', true],
    ])
  })

  test('subPathExpr takes variables', async () => {
    const [mount] = await mountsOf({ mountPath: '/x', subPathExpr: 'a/$(NAME)' })
    expect(mount?.source).toBe(join(folder, 'volume/a/of-the-pod'))
  })

  test.each(['../outside', 'a/../../outside', '/../outside'])(
    'the sub-path %s stays inside or is refused',
    async (subPath) => {
      await expect(mountsOf({ mountPath: '/x', subPath })).rejects.toThrow('leads out of it')
    },
  )

  test('a link that a container left leads nowhere, and nothing is made behind it', async () => {
    symlinkSync('../outside', join(folder, 'volume/link'))
    await expect(mountsOf({ mountPath: '/x', subPath: 'link' })).rejects.toThrow('leads out of it')
    await expect(mountsOf({ mountPath: '/x', subPath: 'link/deeper' })).rejects.toThrow('leads out of it')
    expect(readdirSync(join(folder, 'outside'))).toEqual([])
  })

  test('an unknown volume is named', async () => {
    await expect(
      containerMounts({ name: 'main', volumeMounts: [{ name: 'w', mountPath: '/w' }] }, new Map(), {}),
    ).rejects.toThrow('"w"')
  })
})
