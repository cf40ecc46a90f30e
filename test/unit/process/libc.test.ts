// Every C function of libc.ts is called here, with what it shall do and with an error that it reports.

import { spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { isatty } from 'node:tty'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import * as libc from '../../../src/process/libc.ts'
import { spawn } from '../../../src/process/spawn.ts'
import { exitCodeOf } from '../../../src/process/exit-status.ts'
import { describeNeeding } from '../../rig/needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'libc-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function failure(call: () => unknown): string | undefined {
  try {
    call()
    return 'no error'
  } catch (error) {
    return libc.errnoOf(error)
  }
}

test('kill finds a process, and names the errno of one that is not there', () => {
  libc.kill(process.pid, 0)
  expect(failure(() => libc.kill(2 ** 30, 15))).toBe('ESRCH')
  expect(failure(() => libc.kill(process.pid, 1000))).toBe('EINVAL')
})

test('an error has the words of the C library and the name for programs', () => {
  expect(() => libc.kill(2 ** 30, 15)).toThrow('send signal 15 to 1073741824: no such process')
})

test('mkfifo makes a FIFO', () => {
  const path = join(folder, 'fifo ü')
  libc.mkfifo(path, 0o600)
  expect(statSync(path).isFIFO()).toBe(true)
  expect(failure(() => libc.mkfifo(path, 0o600))).toBe('EEXIST')
  expect(() => libc.mkfifo('a\0b', 0o600)).toThrow('NUL')
})

test('pipe gives a pipe whose ends are closed in other programs', () => {
  const { read, write } = libc.pipe()
  writeSync(write, 'through')
  const bytes = Buffer.alloc(20)
  expect(bytes.toString('utf8', 0, readSync(read, bytes))).toBe('through')
  const { stdout } = spawnSync('ls', ['/proc/self/fd'], { encoding: 'utf8' })
  expect(stdout.split('\n')).not.toContain(String(write))
  closeSync(read)
  closeSync(write)
})

test('duplicate gives a descriptor another name', () => {
  const [first, second] = [libc.pipe(), libc.pipe()]
  libc.duplicate(first.write, second.write)
  writeSync(second.write, 'x')
  const bytes = Buffer.alloc(1)
  expect(readSync(first.read, bytes)).toBe(1)
  for (const end of [first.read, first.write, second.read, second.write]) closeSync(end)
  expect(failure(() => libc.duplicate(first.write, first.read))).toBe('EBADF')
})

test('waitForAny reaps whatever has ended', async () => {
  const pid = start('kill -15 $$')
  await ended(pid)
  const child = libc.waitForAny()
  expect(child?.pid).toBe(pid)
  expect(exitCodeOf(child?.status ?? 0)).toBe(143)
  expect(libc.waitForAny()).toBeUndefined()
})

test('spawn names the errno of exec', () => {
  const request = { argv: Buffer.from('x\0'), environ: Buffer.alloc(0), stdio: [0, 1, 2] as const }
  expect(failure(() => spawn({ ...request, path: Buffer.from('/nowhere') }))).toBe('ENOENT')
  expect(failure(() => spawn({ ...request, path: Buffer.from('/') }))).toBe('EACCES')
  expect(failure(() => spawn({ ...request, path: Buffer.from('/bin/true'), stdio: [0, 1, 4000] }))).toBe(
    'EBADF',
  )
  const tooLong = Buffer.concat([Buffer.alloc(200_000, 'x'), Buffer.of(0)])
  expect(failure(() => spawn({ ...request, path: Buffer.from('/bin/true'), argv: tooLong }))).toBe('E2BIG')
})

test('SIGUSR1, which Node blocks on request, is unblocked', () => {
  const blocked = (): bigint =>
    BigInt(`0x${/SigBlk:\s*(\w+)/.exec(readFileSync('/proc/thread-self/status', 'utf8'))?.[1] ?? ''}`)
  const usr1 = 1n << 9n
  expect(libc.native('pthread_sigmask')(0, libc.signalSet([10, 64]), null)).toBe(0)
  expect(blocked() & (usr1 | (1n << 63n))).toBe(usr1 | (1n << 63n))
  libc.unblockSignals([10, 64])
  expect(blocked() & (usr1 | (1n << 63n))).toBe(0n)
})

test('only a terminal of ours can be handed on', () => {
  const { read, write } = libc.pipe()
  expect(libc.ownsTerminal(read)).toBe(false)
  closeSync(read)
  closeSync(write)
})

test('a new terminal can be opened by its name, another descriptor is none', () => {
  const master = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY)
  const slave = openSync(libc.unlockTerminal(master), constants.O_RDWR | constants.O_NOCTTY)
  expect(isatty(slave)).toBe(true)
  writeSync(slave, 'x')
  const bytes = Buffer.alloc(4)
  expect(bytes.toString('utf8', 0, readSync(master, bytes))).toBe('x')
  closeSync(slave)
  closeSync(master)
  const { read, write } = libc.pipe()
  expect(failure(() => libc.unlockTerminal(read))).toBe('EINVAL')
  closeSync(read)
  closeSync(write)
})

test('errors of the mount calls have their names', () => {
  expect(
    failure(() => libc.mount({ source: 'none', target: join(folder, 'nowhere'), type: 'tmpfs' })),
  ).toMatch(/^(ENOENT|EPERM)$/)
  expect(failure(() => libc.umount2(join(folder, 'nowhere'), libc.detachMount))).toMatch(/^(ENOENT|EPERM)$/)
  expect(failure(() => libc.pivotRoot(join(folder, 'nowhere'), folder))).toMatch(/^(ENOENT|EPERM)$/)
  expect(failure(() => libc.sethostname('x'.repeat(100)))).toMatch(/^(EINVAL|EPERM)$/)
})

describeNeeding({ namespaces: true }, 'calls that change the process, in a process of their own', () => {
  const run = (source: string, ...options: readonly string[]): string => {
    const program = `import * as libc from ${JSON.stringify(join(import.meta.dirname, '../../../src/process/libc.ts'))}
import { readFileSync } from 'node:fs'
const status = (name) => new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(readFileSync('/proc/thread-self/status', 'utf8'))[1]
${source}`
    const words = [...options, process.execPath, '--no-warnings', '--input-type=module', '-e', program]
    const result = spawnSync(words[0] ?? '', words.slice(1), { encoding: 'utf8' })
    expect(result.stderr).toBe('')
    return result.stdout
  }

  test('begins a session once', () => {
    const output = run('console.log(libc.startSession(), libc.startSession())')
    expect(output).toBe('true false\n')
  })

  test('mounts, moves into a new root, names the host', () => {
    const root = mkdtempSync(join(folder, 'root-'))
    const output = run(
      `import { mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
const { bind, recursive, readOnly, remount, private: alone } = libc.mountFlag
const root = ${JSON.stringify(root)}
libc.mount({ source: 'none', target: '/', flags: recursive | alone })
libc.mount({ source: 'none', target: root, type: 'tmpfs', options: 'size=64k' })
for (const name of ['old', 'usr', 'proc']) mkdirSync(root + '/' + name)
libc.mount({ source: '/usr', target: root + '/usr', flags: bind | recursive })
libc.mount({ source: '/proc', target: root + '/proc', flags: bind | recursive })
libc.pivotRoot(root, root + '/old')
process.chdir('/')
libc.umount2('/old', libc.detachMount)
console.log(readdirSync('/').toSorted().join(), readdirSync('/old').length, statfsSync('/').blocks * statfsSync('/').bsize)
libc.mount({ source: 'none', target: '/', flags: remount | readOnly | bind })
try { writeFileSync('/x', '') } catch (error) { console.log(error.code) }
libc.sethostname('inside')
console.log(hostname())`,
      'unshare',
      '-Urmu',
    )
    expect(output).toBe('old,proc,usr 0 65536\nEROFS\ninside\n')
  })

  test('drops capabilities', () => {
    const output = run(
      `console.log(libc.native('capset')(new Uint32Array([0x20080522, 0]), new Uint32Array(6)), status('CapEff'))
try { libc.sethostname('x') } catch (error) { console.log(libc.errnoOf(error)) }`,
      'unshare',
      '-Uru',
    )
    expect(output).toBe('0 0000000000000000\nEPERM\n')
  })

  test('becomes a subreaper', () => {
    const output = run(
      `import { spawn } from 'node:child_process'
libc.becomeSubreaper()
const child = spawn('sh', ['-c', 'sh -c "read line; ps -o ppid= -p \\\\$\\\\$" <&3 & exit 0'], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] })
let text = ''
child.stdout.on('data', (chunk) => { text += chunk })
child.on('exit', () => child.stdio[3].end('\\n'))
child.on('close', () => console.log(Number(text) === process.pid))`,
    )
    expect(output).toBe('true\n')
  })
})

function start(script: string): number {
  return spawn({
    path: Buffer.from('/bin/sh'),
    argv: Buffer.from(`sh\0-c\0${script}\0`),
    environ: Buffer.alloc(0),
    stdio: [0, 1, 2],
  })
}

/** Until the kernel has made it a zombie. */
async function ended(pid: number): Promise<void> {
  while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '))
    await new Promise((resolve) => setImmediate(resolve))
}
