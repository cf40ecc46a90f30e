// What every S3 store must let the driver do: the same tests for the embedded store and for a real one.

import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ArtifactDriver } from '../../../artifacts/driver.ts'
import { openSession, type S3Store, type StoreSession } from '../../rig/stores.ts'

const mebibyte = 1024 * 1024
/** The smallest parts that stores take, so that few bytes make many parts. */
const env = { ARTIFACT_S3_UPLOAD_PART_SIZE_MIB: '5' }

export function storeContract(start: () => Promise<S3Store>): void {
  let store: S3Store
  let session: StoreSession
  let driver: ArtifactDriver
  let at: (
    key: string,
    more?: Parameters<StoreSession['artifact']>[1],
  ) => ReturnType<StoreSession['artifact']>
  let options: { readonly signal: AbortSignal }

  beforeAll(async () => {
    store = await start()
    session = openSession(store, { env })
    at = (key, more) => session.artifact(key, more)
    driver = await session.drivers.driverFor(at('any'))
    options = { signal: AbortSignal.timeout(110_000) }
  })
  afterAll(async () => {
    await driver?.delete(at(''), options).catch(() => {})
    await session?.[Symbol.asyncDispose]()
    await store?.[Symbol.asyncDispose]()
  })

  const fresh = (): string => mkdtempSync(join(session.folder, 'case-'))
  const tree = (root: string): string[] => readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()

  describe('files', () => {
    test.each([
      ['empty', 0],
      ['one byte', 1],
      ['one part exactly', 5 * mebibyte],
      ['one part and a byte', 5 * mebibyte + 1],
      ['four parts, loaded over several connections', 34 * mebibyte + 3],
    ])('%s: saved and loaded alike', async (name, size) => {
      const folder = fresh()
      const bytes = randomBytes(size)
      writeFileSync(join(folder, 'in'), bytes)
      await driver.save(at(`files/${name}`), join(folder, 'in'), options)
      await driver.load(at(`files/${name}`), join(folder, 'deep/out'), options)
      expect(hash(readFileSync(join(folder, 'deep/out')))).toBe(hash(bytes))
      expect(tree(join(folder, 'deep'))).toEqual(['out'])
      expect(await driver.stat(at(`files/${name}`), options)).toMatchObject({ sizeBytes: size })
    })

    test.each(['a b', 'ü/日本語', 'q\'"&<>*()!', 'plus+per%25cent%', '#?hash', 'a=b;c,d:e@f$g'])(
      'the key %j',
      async (key) => {
        const folder = fresh()
        writeFileSync(join(folder, 'in'), key)
        await driver.save(at(`keys/${key}`), join(folder, 'in'), options)
        await driver.load(at(`keys/${key}`), join(folder, 'out'), options)
        expect(readFileSync(join(folder, 'out'), 'utf8')).toBe(key)
        expect((await driver.list(at('keys'), options)).map((object) => object.key)).toContain(
          at(`keys/${key}`).s3?.key,
        )
      },
    )

    test('saving again replaces the object', async () => {
      const folder = fresh()
      for (const text of ['first, longer', 'second']) {
        writeFileSync(join(folder, 'in'), text)
        await driver.save(at('again'), join(folder, 'in'), options)
      }
      await driver.load(at('again'), join(folder, 'out'), options)
      expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('second')
    })

    test('a missing object is not found, and nothing is left at the path', async () => {
      const folder = fresh()
      await expect(driver.load(at('none'), join(folder, 'out'), options)).rejects.toMatchObject({
        code: 'ERR_NOT_FOUND',
        message: expect.stringMatching(/^failed to get file: /),
      })
      await expect(driver.stat(at('none'), options)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
      await expect(driver.list(at('none'), options)).rejects.toMatchObject({
        code: 'ERR_NOT_FOUND',
        message: expect.stringMatching(/^no key found of name /),
      })
      expect(tree(folder)).toEqual([])
    })

    test('a missing bucket is an error, but no missing artifact', async () => {
      const artifact = at('x', { bucket: 'nobody-made-this', createBucketIfNotPresent: undefined as never })
      const other = await session.drivers.driverFor(artifact)
      await expect(other.load(artifact, join(fresh(), 'out'), options)).rejects.toMatchObject({
        code: 'ERR_BAD_REQUEST',
        data: { s3Code: 'NoSuchBucket' },
      })
    })

    test('a wrong secret key is told, and not shown', async () => {
      await using wrong = openSession({ ...store, secretKey: 'not-the-secret' }, { env })
      const artifact = wrong.artifact('x')
      const other = await wrong.drivers.driverFor(artifact)
      const failure = await other
        .load(artifact, join(wrong.folder, 'out'), options)
        .catch((error: unknown) => error as Error)
      expect(failure).toMatchObject({ code: expect.stringMatching(/^ERR_(UNAUTHORIZED|FORBIDDEN)$/) })
      expect(String(failure) + wrong.lines.join('')).not.toContain('not-the-secret')
    })
  })

  describe('directories', () => {
    test('nested, empty folders included, links left out', async () => {
      const folder = fresh()
      for (const name of ['in/sub/deeper', 'in/empty', 'in/sub/none'])
        mkdirSync(join(folder, name), { recursive: true })
      const files: Record<string, string> = {
        a: 'A',
        'sub/b ü': 'B',
        'sub/deeper/c%+&': 'C',
        'sub/.hidden': '',
      }
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'in', name), text)
      symlinkSync('/etc/passwd', join(folder, 'in/link'))
      await driver.save(at('dir'), join(folder, 'in'), options)
      await driver.load(at('dir'), join(folder, 'out'), options)
      expect(tree(join(folder, 'out'))).toEqual([
        'a',
        'empty',
        'sub',
        'sub/.hidden',
        'sub/b ü',
        'sub/deeper',
        'sub/deeper/c%+&',
        'sub/none',
      ])
      for (const [name, text] of Object.entries(files))
        expect(readFileSync(join(folder, 'out', name), 'utf8')).toBe(text)
      expect(await driver.isDirectory(at('dir'), options)).toBe(true)
      expect(await driver.isDirectory(at('dir/a'), options)).toBe(false)
      await expect(driver.openStream(at('dir'), options)).rejects.toMatchObject({
        code: 'ERR_NOT_IMPLEMENTED',
      })
    })

    test('a directory without anything', async () => {
      const folder = fresh()
      mkdirSync(join(folder, 'in'))
      await driver.save(at('hollow'), join(folder, 'in'), options)
      await driver.load(at('hollow'), join(folder, 'out'), options)
      expect(readdirSync(join(folder, 'out'))).toEqual([])
    })

    test('a key that ends with "/" is a directory, also where an object has that name', async () => {
      const folder = fresh()
      mkdirSync(join(folder, 'in/sub'), { recursive: true })
      writeFileSync(join(folder, 'in/a'), 'A')
      await driver.save(at('slash'), join(folder, 'in'), options)
      await driver.load(at('slash/'), join(folder, 'out'), options)
      expect(tree(join(folder, 'out'))).toEqual(['a', 'sub'])
      await driver.load(at('slash/sub/'), join(folder, 'sub'), options)
      expect(tree(join(folder, 'sub'))).toEqual([])
      await expect(driver.load(at('none/'), join(folder, 'none'), options)).rejects.toMatchObject({
        code: 'ERR_NOT_FOUND',
      })
    })

    test('keys that only begin alike do not belong to it', async () => {
      const folder = fresh()
      writeFileSync(join(folder, 'in'), 'x')
      for (const key of ['p/a/one', 'p/ab/two', 'p/a.txt'])
        await driver.save(at(key), join(folder, 'in'), options)
      expect((await driver.list(at('p/a'), options)).map(({ key }) => key)).toEqual([at('p/a/one').s3?.key])
      await driver.delete(at('p/a/'), options)
      const left = (await driver.list(at('p'), options)).map(({ key }) => key.split('/p/')[1])
      expect(new Set(left)).toEqual(new Set(['a.txt', 'ab/two']))
    })

    test('more objects than one page of a list, deleted at once', async () => {
      const folder = fresh()
      mkdirSync(join(folder, 'in'))
      for (let index = 0; index < 1005; index++)
        writeFileSync(join(folder, 'in', `file-${index}`), String(index))
      await driver.save(at('many'), join(folder, 'in'), options)
      await driver.load(at('many'), join(folder, 'out'), options)
      expect(readdirSync(join(folder, 'out'))).toHaveLength(1005)
      expect(readFileSync(join(folder, 'out/file-1004'), 'utf8')).toBe('1004')
      await driver.delete(at('many/'), options)
      expect(await driver.isDirectory(at('many'), options)).toBe(false)
    })
  })

  describe('streams and ranges', () => {
    test.each([
      ['nothing', 0],
      ['some bytes', 1000],
      ['one part exactly', 5 * mebibyte],
      ['more than two parts', 12 * mebibyte + 1],
    ])('a stream of unknown length: %s', async (name, size) => {
      const bytes = randomBytes(size)
      const pieces = Array.from({ length: Math.ceil(size / 100_000) }, (_, index) =>
        bytes.subarray(index * 100_000, (index + 1) * 100_000),
      )
      await driver.saveStream(at(`streams/${name}`), Readable.from(pieces), options)
      expect(hash(await buffer(await driver.openStream(at(`streams/${name}`), options)))).toBe(hash(bytes))
    })

    test('ranges', async () => {
      await driver.saveStream(at('digits'), Readable.from([Buffer.from('0123456789')]), options)
      const read = async (range: { offset?: number; length?: number }): Promise<string> =>
        (await buffer(await driver.openStream(at('digits'), { ...options, ...range }))).toString()
      expect(await read({ offset: 3 })).toBe('3456789')
      expect(await read({ offset: 3, length: 4 })).toBe('3456')
      expect(await read({ length: 2 })).toBe('01')
      expect(await read({ offset: 8, length: 100 })).toBe('89')
      expect(await read({ offset: 2, length: 0 })).toBe('')
    })

    test.each([
      ['in the first part', 10],
      ['in a later part', 7 * mebibyte],
    ])('a source that fails %s stores nothing', async (_name, size) => {
      async function* source(): AsyncGenerator<Buffer> {
        for (let sent = 0; sent < size; sent += 100_000) yield randomBytes(100_000)
        throw new Error('the disk is gone')
      }
      await expect(driver.saveStream(at('broken'), Readable.from(source()), options)).rejects.toThrow(
        'the disk is gone',
      )
      await expect(driver.stat(at('broken'), options)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    })
  })

  test('deleting what is not there is success', async () => {
    await driver.delete(at('never'), options)
    await driver.delete(at('never/'), options)
  })

  test('an abort ends a load with its reason and leaves nothing', async () => {
    const folder = fresh()
    writeFileSync(join(folder, 'in'), randomBytes(20 * mebibyte))
    await driver.save(at('large'), join(folder, 'in'), options)
    const stop = new AbortController()
    const loading = driver.load(at('large'), join(folder, 'out/file'), { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(loading).rejects.toThrow('enough')
    expect(readdirSync(join(folder, 'out'))).toEqual([])
  })
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
