// `argoexec artifact save|load` as people call it: the built executable against a real store.

import { execa } from 'execa'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { argoexecPath } from '../rig/argoexec.ts'
import { startFileStore } from '../rig/file-store.ts'
import { startEmbeddedStore, type S3Store } from '../rig/stores.ts'

let store: S3Store
let folder = ''

beforeAll(async () => {
  store = await startEmbeddedStore('bucket')
  folder = mkdtempSync(join(tmpdir(), 'argo-artifact-role-'))
  mkdirSync(join(folder, 'dir/sub'), { recursive: true })
  writeFileSync(join(folder, 'dir/a'), 'A')
  writeFileSync(join(folder, 'dir/sub/b'), 'B')
  writeFileSync(join(folder, 'file.txt'), 'content')
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

async function artifact(...words: readonly string[]): Promise<Ended> {
  const { exitCode, stdout, stderr } = await execa(argoexecPath(), ['artifact', ...words], {
    reject: false,
    timeout: 30_000,
    cwd: folder,
    extendEnv: false,
    env: { AWS_ACCESS_KEY_ID: store.accessKey, AWS_SECRET_ACCESS_KEY: store.secretKey },
  })
  return { exitCode, stdout, stderr }
}
const endpoint = (): string => `--endpoint=http://${store.endpoint}`
const tree = (name: string): string[] =>
  readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' }).toSorted()

describe('argoexec artifact', () => {
  test('a file and a directory, as they are', async () => {
    for (const name of ['file.txt', 'dir']) {
      expect(await artifact('save', `s3://bucket/plain/${name}`, name, endpoint())).toMatchObject({
        exitCode: 0,
        stdout: '',
      })
      expect(await artifact('load', `s3://bucket/plain/${name}`, `plain-${name}`, endpoint())).toMatchObject({
        exitCode: 0,
      })
    }
    expect(readFileSync(join(folder, 'plain-file.txt'), 'utf8')).toBe('content')
    expect(tree('plain-dir')).toEqual(['a', 'sub', 'sub/b'])
  })

  test.each(['tar', 'zip'])('packed with --archive %s', async (archive) => {
    expect(
      await artifact('save', `s3://bucket/${archive}`, 'dir', endpoint(), '--archive', archive),
    ).toMatchObject({ exitCode: 0 })
    expect(
      await artifact('load', `s3://bucket/${archive}`, `${archive}-out`, endpoint(), '--archive', archive),
    ).toMatchObject({ exitCode: 0 })
    expect(tree(`${archive}-out`)).toEqual(['a', 'sub', 'sub/b'])
  })

  test('an artifact as JSON, as YAML, and in a file, which may be packed by default', async () => {
    await using files = await startFileStore()
    const json = JSON.stringify({ name: 'x', http: { url: `${files.url}/x.tgz` } })
    const yaml = `name: x\nhttp:\n  url: ${files.url}/x.tgz\n`
    writeFileSync(join(folder, 'artifact.yaml'), yaml)
    expect(await artifact('save', json, 'dir')).toMatchObject({ exitCode: 0 })
    for (const [name, location] of Object.entries({ json, yaml, file: '@artifact.yaml' })) {
      expect(await artifact('load', location, `by-${name}`)).toMatchObject({
        exitCode: 0,
        stderr: expect.stringContaining('loaded'),
      })
      expect(tree(`by-${name}`)).toEqual(['a', 'sub', 'sub/b'])
    }
    expect(await artifact('load', `${files.url}/x.tgz`, 'x.tgz')).toMatchObject({ exitCode: 0 })
    expect(readFileSync(join(folder, 'x.tgz')).equals(files.files.get('/x.tgz') ?? Buffer.alloc(0))).toBe(
      true,
    )
  })

  test('what is not there, and what is there already', async () => {
    expect(await artifact('load', 's3://bucket/none', 'none', endpoint())).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('failed to get file'),
    })
    expect(await artifact('load', 's3://bucket/none', 'dir', endpoint())).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('there is something already'),
    })
    expect(tree('.').filter((name) => name.startsWith('none'))).toEqual([])
  })

  test.each([
    [['save', 's3://bucket/x']],
    [['move', 's3://bucket/x', 'file.txt']],
    [['save', 's3://bucket', 'file.txt']],
    [['save', 's3://bucket/x', 'file.txt', '--archive', 'rar']],
    [['save', 's3://bucket/x', 'file.txt', '--endpont', 'x']],
    [['save', '{"name": "x"}', 'file.txt']],
    [['save', '{broken', 'file.txt']],
    [['save', '@nowhere.yaml', 'file.txt']],
    [['save', '[1, 2]', 'file.txt']],
    [['save', 'name: x\ns3:\n  bukket: b\n', 'file.txt']],
  ])('%j is told to be wrong, with the usage', async (words) => {
    const { exitCode, stderr } = await artifact(...words)
    expect(exitCode).toBe(64)
    expect(stderr).toContain('usage: argoexec artifact save|load LOCATION PATH')
  })

  test('keys never appear', async () => {
    const { stderr } = await artifact('save', 's3://nothing/x', 'file.txt', endpoint(), '--loglevel=debug')
    expect(stderr).toContain('NoSuchBucket')
    expect(stderr).not.toContain(store.secretKey)
  })
})
