// Listening to signals: order, those that nobody heard yet, and the way back to the default.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { native } from '../../../src/process/libc.ts'
import { signalHandle } from '../../../src/process/signals.ts'

function run(source: string): {
  readonly stdout: string
  readonly signal: string | null
  readonly status: number | null
} {
  const url = (name: string): string =>
    JSON.stringify(join(import.meta.dirname, `../../../src/process/${name}.ts`))
  const program = `import { listenToSignals } from ${url('signals')}
import { kill } from ${url('libc')}
const turn = () => new Promise((resolve) => setTimeout(resolve, 50))
${source}`
  const words = ['--no-warnings', '--disable-sigusr1', '--input-type=module', '-e', program]
  const result = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 20_000 })
  expect(result.stderr).toBe('')
  return result
}

test('a handle is laid out as libuv does', () => {
  expect(Number(native('uv_handle_size')(16))).toBe(signalHandle.bytes)
})

test('signals that came before anybody listened are heard first', () => {
  const { stdout, status } = run(`
const ears = listenToSignals()
kill(process.pid, 10)
kill(process.pid, 64)
await turn()
ears.hear((signal) => console.log(signal))
kill(process.pid, 15)
await turn()
ears.close()`)
  expect(stdout).toBe('10\n64\n15\n')
  expect(status).toBe(0)
})

test('signals that came together: lowest first, CONT late, CHLD last, each as often as it came', () => {
  const { stdout } = run(`
const ears = listenToSignals()
for (const signal of [40, 40, 20, 17, 18, 15]) kill(process.pid, signal)
await turn()
const heard = []
ears.hear((signal) => heard.push(signal))
console.log(heard.join())
ears.close()`)
  expect(stdout).toBe('15,20,40,40,18,17\n')
})

test('a signal wakes a process that has nothing else to do', () => {
  const { stdout, status } = run(`
import { spawn } from 'node:child_process'
const ears = listenToSignals()
ears.hear((signal) => {
  if (signal !== 12) return
  console.log('heard')
  ears.close()
})
spawn('sh', ['-c', 'sleep 0.2; kill -12 ' + process.pid], { stdio: 'ignore' }).unref()`)
  expect(stdout).toBe('heard\n')
  expect(status).toBe(0)
})

test('a fault that somebody sends is heard, also a second time', () => {
  const { stdout, signal } = run(`
const ears = listenToSignals()
ears.hear((signal) => console.log(signal))
kill(process.pid, 8)
await turn()
kill(process.pid, 8)
await turn()
ears.close()`)
  expect(stdout).toBe('8\n8\n')
  expect(signal).toBeNull()
})

test('after close a signal has its default action', () => {
  const { signal } = run(`
const ears = listenToSignals()
ears.hear(() => {})
kill(process.pid, 15)
await turn()
ears.close()
kill(process.pid, 15)
await turn()`)
  expect(signal).toBe('SIGTERM')
})

test('a fault of our own still ends the process', () => {
  const { signal } = run(`
import { foreign } from ${JSON.stringify(join(import.meta.dirname, '../../../src/process/libc.ts'))}
const ears = listenToSignals()
ears.hear(() => {})
foreign().ffi.getInt32(8n, 0)
await turn()`)
  expect(signal).toBe('SIGSEGV')
})
