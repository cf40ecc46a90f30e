// Volumes as folders: keys as files, hostile paths, folders of the user.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PodVolume } from '../../../../src/local/engine/pod.ts'
import { makeVolume, type MountedVolume } from '../../../../src/local/engine/volumes.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argo-volumes-'))
  mkdirSync(join(folder, 'mine/below'), { recursive: true })
  mkdirSync(join(folder, 'theirs'))
  symlinkSync('../theirs', join(folder, 'mine/link'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const keys = new Map([
  ['a', Buffer.from('A')],
  ['b', Buffer.from([0xff])],
])
const make = (volume: Omit<PodVolume, 'name'>): Promise<MountedVolume> =>
  makeVolume(
    { name: 'v/../..', ...volume },
    {
      pod: { metadata: { name: 'p', labels: { x: '1' } }, spec: { containers: [] } },
      keys: {
        read: (_kind, name, optional) =>
          Promise.resolve(optional === true && name === 'absent' ? undefined : keys),
      },
      nodeName: 'node',
      folder: join(folder, 'volumes'),
      claims: join(folder, 'claims'),
      allowedHostPaths: [join(folder, 'mine')],
      serviceAccountToken: 'token',
    },
  )

describe('volumes as folders', () => {
  test('an empty one is open to all users of the pod, and its name leads nowhere', async () => {
    const { path, readOnly } = await make({ emptyDir: {} })
    expect(path.startsWith(join(folder, 'volumes/'))).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o777)
    expect(readOnly).toBe(false)
  })

  test('keys become files byte for byte, chosen ones at their paths with their modes', async () => {
    const { path, readOnly } = await make({
      secret: { secretName: 's', items: [{ key: 'b', path: 'deep/b', mode: 0o400 }] },
    })
    expect(readFileSync(join(path, 'deep/b'))).toEqual(Buffer.from([0xff]))
    expect(statSync(join(path, 'deep/b')).mode & 0o777).toBe(0o400)
    expect(existsSync(join(path, 'a'))).toBe(false)
    expect(readOnly).toBe(true)
  })

  test.each(['../out', '/etc/out', 'a/../../out', '.'])(
    'a path of an item that leads out is refused: %s',
    async (path) => {
      await expect(make({ configMap: { name: 'c', items: [{ key: 'a', path }] } })).rejects.toThrow(
        'leads out of the volume',
      )
    },
  )

  test('a missing key is named, unless it is optional', async () => {
    const items = [{ key: 'z', path: 'z' }]
    await expect(make({ configMap: { name: 'c', items } })).rejects.toThrow('configmap "c" has no key "z"')
    await expect(make({ configMap: { name: 'absent', optional: true, items } })).resolves.toMatchObject({
      readOnly: true,
    })
  })

  test('a source that a laptop does not have is named', async () => {
    await expect(make({ nfs: { server: 'x' } })).rejects.toThrow('nfs does not exist on a laptop')
  })
})

describe('folders of the user', () => {
  test('allowed below, refused beside, and through links', async () => {
    await expect(make({ hostPath: { path: join(folder, 'mine/below') } })).resolves.toMatchObject({
      path: join(folder, 'mine/below'),
    })
    await expect(make({ hostPath: { path: join(folder, 'theirs') } })).rejects.toThrow('--allow-host-path')
    await expect(make({ hostPath: { path: join(folder, 'mine/link') } })).rejects.toThrow('--allow-host-path')
  })

  test('nothing is made where it is not allowed, also behind a link', async () => {
    const type = 'DirectoryOrCreate'
    await expect(make({ hostPath: { path: join(folder, 'mine/link/new'), type } })).rejects.toThrow(
      '--allow-host-path',
    )
    expect(existsSync(join(folder, 'theirs/new'))).toBe(false)
    await expect(make({ hostPath: { path: join(folder, 'mine/new'), type } })).resolves.toMatchObject({
      path: join(folder, 'mine/new'),
    })
  })

  test('what is missing: made for a path of no type, named for one that has to be there', async () => {
    await expect(make({ hostPath: { path: join(folder, 'mine/a/b') } })).resolves.toMatchObject({
      path: join(folder, 'mine/a/b'),
    })
    expect(statSync(join(folder, 'mine/a/b')).isDirectory()).toBe(true)
    const file = { path: join(folder, 'mine/file'), type: 'FileOrCreate' }
    await expect(make({ hostPath: file })).resolves.toMatchObject({ path: file.path })
    expect(readFileSync(file.path, 'utf8')).toBe('')
    await expect(make({ hostPath: { path: join(folder, 'mine/no'), type: 'Directory' } })).rejects.toThrow(
      'mine/no of type Directory does not exist',
    )
  })

  test.each(['', 'FileOrCreate', 'DirectoryOrCreate'])(
    'a link that leads to nothing outside makes nothing there, type "%s"',
    async (type) => {
      symlinkSync('../theirs/new', join(folder, 'mine/dangling'))
      for (const path of ['mine/dangling', 'mine/dangling/below'])
        await expect(make({ hostPath: { path: join(folder, path), type } })).rejects.toThrow('volume')
      expect(existsSync(join(folder, 'theirs/new'))).toBe(false)
    },
  )
})
