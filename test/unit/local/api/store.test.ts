// The store of the embedded API: shared by processes, whole after kill -9, with an end to its log.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ObjectStore } from '../../../../src/local/api/store.ts'

let dir: string
let file: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'argo-store-'))
  file = join(dir, 'state.db')
})
afterEach(() => {
  rmSync(dir, { recursive: true, force: true })
})

const key = (name: string): { resource: string; namespace: string; name: string } => ({
  resource: 'things',
  namespace: 'n',
  name,
})
const put = (store: ObjectStore, name: string, owners: readonly string[] = []): string =>
  store.transaction(() =>
    store.write('ADDED', key(name), (version) => JSON.stringify({ name, version }), undefined, owners),
  )
const writer = join(import.meta.dirname, '../../../fixtures/kube/write-objects.ts')

test('nobody else may read the file, nor what lies beside it', () => {
  const store = new ObjectStore(file)
  put(store, 'a')
  for (const path of [file, `${file}-wal`, `${file}-shm`])
    expect(statSync(path).mode & 0o777, path).toBe(0o600)
  store.close()
})

test('an error undoes all of a transaction', () => {
  const store = new ObjectStore(file)
  const before = store.version()
  const failing = (): void =>
    store.transaction(() => {
      put(store, 'a')
      throw new Error('no')
    })
  expect(failing).toThrow('no')
  expect(store.get(key('a'))).toBeUndefined()
  expect(store.version()).toBe(before)
  expect(store.eventsAfter('things', '', 0, 10)).toEqual([])
  store.close()
})

test('a rehearsal answers and leaves nothing behind', () => {
  const store = new ObjectStore(file)
  expect(store.rehearse(() => put(store, 'a'))).toContain('"name":"a"')
  expect(store.get(key('a'))).toBeUndefined()
  store.close()
})

test('objects come in order, in all namespaces or one, after a place', () => {
  const store = new ObjectStore(file)
  for (const name of ['b', 'a', 'c']) put(store, name)
  const names = (bodies: Iterable<string>): unknown =>
    [...bodies].map((body) => (JSON.parse(body) as { name: string }).name)
  expect(names(store.list('things', ''))).toEqual(['a', 'b', 'c'])
  expect(names(store.list('things', 'n', { namespace: 'n', name: 'a' }))).toEqual(['b', 'c'])
  expect(names(store.list('things', '', { namespace: 'n', name: 'b' }))).toEqual(['c'])
  expect(names(store.list('things', 'other'))).toEqual([])
  store.close()
})

test('owners are found by uid and forgotten with the object', () => {
  const store = new ObjectStore(file)
  put(store, 'a', ['u1', 'u2'])
  expect(store.ownedBy('u1').map(({ name }) => name)).toEqual(['a'])
  store.transaction(() => store.write('DELETED', key('a'), () => '{}', '{}', []))
  expect(store.ownedBy('u1')).toEqual([])
  store.close()
})

test('a write of another process wakes who waits for a change', async () => {
  const store = new ObjectStore(file)
  const changed = store.nextChange()
  const child = spawn(process.execPath, ['--no-warnings', writer, file, '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await changed
  expect(store.get(key('child-0'))).toBeDefined()
  if (child.exitCode === null) await once(child, 'exit')
  store.close()
})

test('after kill -9 every write that was told is there, and no other process is held up', async () => {
  const child = spawn(process.execPath, ['--no-warnings', writer, file, 'forever'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString()
    if (told.split('\n').length > 50) child.kill('SIGKILL')
  })
  await once(child, 'close')
  expect(child.signalCode).toBe('SIGKILL')
  const store = new ObjectStore(file)
  const last = told.split('\n').slice(0, -1).at(-1) ?? ''
  expect(Number(last)).toBeGreaterThanOrEqual(49)
  for (let n = 0; n <= Number(last); n++)
    expect(store.get(key(`child-${String(n)}`)), String(n)).toBeDefined()
  expect(store.eventsAfter('things', '', 0, 10_000).length).toBe(store.version() - 1)
  put(store, 'mine')
  store.close()
})

test('the log has an end: old events go, the objects stay', () => {
  const store = new ObjectStore(file, { events: 100, bytes: 1e9 })
  for (let n = 0; n < 500; n++) put(store, `o${String(n % 10)}`)
  expect(store.trimmed()).toBeGreaterThan(380)
  expect(store.eventsAfter('things', '', 0, 100_000).length).toBe(store.version() - store.trimmed())
  expect([...store.list('things', '')].length).toBe(10)
  store.close()
})

test('the log has an end in bytes', () => {
  const store = new ObjectStore(file, { events: 1e6, bytes: 1024 * 1024 })
  const large = 'x'.repeat(100 * 1024)
  for (let n = 0; n < 100; n++)
    store.transaction(() => store.write('MODIFIED', key('large'), () => large, undefined, []))
  const events = store.version() - store.trimmed()
  expect(events).toBeLessThan(15)
  expect(events).toBeGreaterThan(5)
  store.close()
})

test('many short runs keep the log and the file small', () => {
  const limits = { events: 1e6, bytes: 1024 * 1024 }
  const large = 'x'.repeat(100 * 1024)
  for (let run = 0; run < 20; run++) {
    const store = new ObjectStore(file, limits)
    for (let n = 0; n < 2; n++)
      store.transaction(() => store.write('MODIFIED', key('large'), () => large, undefined, []))
    store.close()
  }
  const store = new ObjectStore(file, limits)
  expect(store.trimmed()).toBeGreaterThan(20)
  expect(store.get(key('large'))).toBe(large)
  store.close()
  expect(statSync(file).size).toBeLessThan(2 * limits.bytes)
})

test('closing gives what the log held back to the disk, also beside another process that reads', () => {
  const [store, other] = [new ObjectStore(file, { events: 1e6, bytes: 4e6 }), new ObjectStore(file)]
  const large = 'x'.repeat(100 * 1024)
  for (let n = 0; n < 200; n++)
    store.transaction(() => store.write('MODIFIED', key('large'), () => large, undefined, []))
  store.close()
  expect(statSync(file).size).toBeLessThan(6e6)
  expect(statSync(`${file}-wal`).size).toBe(0)
  expect(other.get(key('large'))).toBe(large)
  other.close()
})

test('programs that start at the same moment share one new file', async () => {
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--no-warnings', writer, file, '25'], { stdio: 'ignore' }),
  )
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number))
  expect(codes).toEqual([0, 0, 0, 0])
  const store = new ObjectStore(file)
  expect(store.eventsAfter('things', '', 0, 1000).map(({ version }) => version)).toEqual(
    Array.from({ length: 100 }, (_, n) => n + 2),
  )
  store.close()
})

test('a file that is something else, or newer, is refused by name and left as it is', () => {
  writeFileSync(file, 'no database at all, but some text')
  expect(() => new ObjectStore(file)).toThrow(`open the state file ${file}: `)
  const newer = join(dir, 'newer.db')
  const db = new DatabaseSync(newer)
  db.exec('PRAGMA user_version = 99')
  db.close()
  expect(() => new ObjectStore(newer)).toThrow('written by a newer program')
})
