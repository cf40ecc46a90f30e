// The witness between containers: never started, alive, gone; wait may come before or after main.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { announceAlive } from '../../../src/process/announce-alive.ts'
import { makeWitness, readWitness, watchWitness } from '../../../src/process/witness.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'witness-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A process that announces itself and lives until it is told or killed. */
async function startMain(): Promise<ChildProcess> {
  const module = JSON.stringify(join(import.meta.dirname, '../../../src/process/announce-alive.ts'))
  const program = `import { announceAlive } from ${module}
console.log(announceAlive(process.argv[1]))
process.stdin.resume().on('end', () => process.exit(0))`
  const words = ['--no-warnings', '--input-type=module', '-e', program, folder]
  const main = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  const [said] = (await once(main.stdout, 'data')) as [Buffer]
  expect(said.toString()).toBe('true\n')
  return main
}

async function kill(main: ChildProcess): Promise<void> {
  const exit = once(main, 'exit')
  main.kill('SIGKILL')
  await exit
}

test('anybody may open the FIFO, whatever the umask is', () => {
  const before = process.umask(0o077)
  try {
    makeWitness(folder)
    makeWitness(folder)
  } finally {
    process.umask(before)
  }
  const stats = statSync(join(folder, 'alive'))
  expect(stats.isFIFO()).toBe(true)
  expect(stats.mode & 0o777).toBe(0o666)
})

test('a file in its place is not taken for a witness', () => {
  writeFileSync(join(folder, 'alive'), '')
  expect(() => makeWitness(folder)).toThrow('file exists')
  expect(announceAlive(folder)).toBe(false)
  rmSync(join(folder, 'alive'))
  symlinkSync('/dev/null', join(folder, 'alive'))
  expect(announceAlive(folder)).toBe(false)
  expect(existsSync(join(folder, 'started'))).toBe(false)
})

test('never started, alive, gone', async () => {
  makeWitness(folder)
  expect(readWitness(folder)).toBe('never-started')
  const main = await startMain()
  expect(readWitness(folder)).toBe('alive')
  await kill(main)
  expect(readWitness(folder)).toBe('gone')
})

test('wait that came first sees a killed main at once', async () => {
  makeWitness(folder)
  const gone = watchWitness(folder, { signal: AbortSignal.timeout(20_000), pollMs: 60_000 })
  const main = await startMain()
  const before = performance.now()
  await kill(main)
  await expect(gone).resolves.toEqual({ state: 'gone' })
  expect(performance.now() - before).toBeLessThan(500)
})

test('wait that came while main lives sees it end in order', async () => {
  makeWitness(folder)
  const main = await startMain()
  const gone = watchWitness(folder, { signal: AbortSignal.timeout(20_000), pollMs: 60_000 })
  main.stdin?.end()
  await expect(gone).resolves.toEqual({ state: 'gone' })
})

test('wait that came too late sees it at once', async () => {
  makeWitness(folder)
  await kill(await startMain())
  await expect(watchWitness(folder, { signal: AbortSignal.timeout(20_000) })).resolves.toEqual({
    state: 'gone',
  })
})

test('what others write into the FIFO does not hide the end', async () => {
  makeWitness(folder)
  const main = await startMain()
  const gone = watchWitness(folder, { signal: AbortSignal.timeout(20_000), pollMs: 60_000 })
  writeFileSync(join(folder, 'alive'), 'x'.repeat(10_000))
  await kill(main)
  await expect(gone).resolves.toEqual({ state: 'gone' })
})

test('without events the end is seen by looking', async () => {
  makeWitness(folder)
  const main = await startMain()
  const gone = watchWitness(folder, { signal: AbortSignal.timeout(20_000), pollMs: 20 })
  await kill(main)
  await expect(gone).resolves.toEqual({ state: 'gone' })
})

test.each(['never-started', 'alive'])('an abort ends the watch: %s', async (state) => {
  makeWitness(folder)
  const main = state === 'alive' ? await startMain() : undefined
  const abort = new AbortController()
  const gone = watchWitness(folder, { signal: abort.signal })
  abort.abort(new Error('enough'))
  await expect(gone).rejects.toThrow('enough')
  if (main !== undefined) await kill(main)
})
