// The wrapper as the first process of a container: what the command gets, what is passed on, what is left behind.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sendMailboxSignal } from '../../src/process/mailbox-signals.ts'
import { describeNeeding } from '../rig/needs.ts'
import { makeWrappedPod } from '../rig/wrapped.ts'

const text = (output: unknown): string => String(output)

describeNeeding({ namespaces: true }, 'the wrapper of main', () => {
  test.each([0, 1, 7, 64, 255])('an exit code %i is the exit code of the step', async (code) => {
    using pod = makeWrappedPod()
    const result = await pod.wrapped(['sh', '-c', `exit ${code}`])
    expect(result.exitCode).toBe(code)
    expect(pod.read('exitcode')).toBe(String(code))
    expect(text(result.stderr)).toBe('')
    expect(pod.terminationMessage()).toBe('')
  })

  test.each([6, 9, 11, 15, 31, 40])('the end by signal %i is 128 more', async (signal) => {
    using pod = makeWrappedPod()
    const result = await pod.wrapped(['sh', '-c', `kill -${signal} $$`])
    expect(result.exitCode).toBe(128 + signal)
    expect(pod.read('exitcode')).toBe(String(128 + signal))
  })

  test('arguments and environment arrive byte for byte', async () => {
    using pod = makeWrappedPod()
    const words = ['', ' a  b ', 'new\nline', '*', "'", 'ü€😀', '--', '-x', '--loglevel']
    const result = await pod.wrapped(
      ['sh', '-c', 'exec cat /proc/self/cmdline /proc/self/environ', ...words],
      {
        prepare: `export BYTES="$(printf 'a\\377\\376b')" EMPTY=; set -- "$@" "$(printf '\\303(\\200')"`,
        encoding: 'buffer',
      },
    )
    const bytes = Buffer.from(result.stdout as Uint8Array)
    expect(result.exitCode).toBe(0)
    expect(bytes.includes(Buffer.from('\0BYTES=a\xff\xfeb\0', 'latin1'))).toBe(true)
    expect(bytes.includes(Buffer.from('\0EMPTY=\0'))).toBe(true)
    const seen = await pod.wrapped(['printf', '[%s]', ...words], {
      prepare: `set -- "$@" "$(printf '\\303(\\200')"`,
      encoding: 'buffer',
    })
    const expected = Buffer.concat([
      Buffer.from(words.map((word) => `[${word}]`).join('')),
      Buffer.from('[\xc3(\x80]', 'latin1'),
    ])
    expect(Buffer.from(seen.stdout as Uint8Array)).toEqual(expected)
  })

  test('a command that is not there ends with 64 and is told', async () => {
    using pod = makeWrappedPod()
    const result = await pod.wrapped(['no-such-command'])
    const message = 'failed to find name in PATH: exec: "no-such-command": executable file not found in $PATH'
    expect(result.exitCode).toBe(64)
    expect(pod.read('exitcode')).toBe('64')
    expect(pod.terminationMessage()).toBe(message)
    expect(text(result.stderr)).toBe(`argoexec: ${message}\n`)
  })

  test('a file that the kernel cannot run ends with 64 and is told', async () => {
    using pod = makeWrappedPod()
    const path = join(pod.folder, 'no-interpreter')
    writeFileSync(path, 'true\n', { mode: 0o755 })
    const result = await pod.wrapped([path])
    expect(result.exitCode).toBe(64)
    expect(pod.terminationMessage()).toBe(`failed to start command: ${path}: exec format error`)
  })

  test('a message of the command itself survives, whatever its exit code', async () => {
    using pod = makeWrappedPod()
    const result = await pod.wrapped(['sh', '-c', 'echo mine >/dev/termination-log; exit 3'])
    expect(result.exitCode).toBe(3)
    expect(pod.terminationMessage()).toBe('mine\n')
  })

  test('without a template it ends with 64', async () => {
    using pod = makeWrappedPod()
    const result = await pod.wrapped(['true'], { env: { ARGO_TEMPLATE: '' } })
    expect(result.exitCode).toBe(64)
    expect(pod.terminationMessage()).toContain(
      'neither /var/run/argo/template nor ARGO_TEMPLATE is available',
    )
  })

  test('nothing is captured unless it was asked for', async () => {
    using pod = makeWrappedPod()
    await pod.wrapped(['echo', 'hello'])
    expect(existsSync(join(pod.mail, 'stdout'))).toBe(false)
    expect(existsSync(join(pod.mail, 'combined'))).toBe(false)
  })

  test('captures stdout and the combined output, also for archived logs, and passes both on', async () => {
    for (const env of [
      { ARGO_INCLUDE_SCRIPT_OUTPUT: 'true' },
      { ARGO_TEMPLATE: '{"archiveLocation":{"archiveLogs":true}}' },
    ]) {
      using pod = makeWrappedPod()
      const result = await pod.wrapped(['sh', '-c', 'echo out; echo err >&2; printf "\\377"; exit 5'], {
        env,
        encoding: 'buffer',
      })
      expect(result.exitCode).toBe(5)
      expect(Buffer.from(result.stdout as Uint8Array).toString('latin1')).toBe('out\n\xff')
      expect(Buffer.from(result.stderr as Uint8Array).toString('latin1')).toBe('err\n')
      expect(readFileSync(join(pod.mail, 'stdout'), 'latin1')).toBe('out\n\xff')
      const combined = readFileSync(join(pod.mail, 'combined'), 'latin1')
      expect(['out\nerr\n\xff', 'err\nout\n\xff', 'out\n\xfferr\n']).toContain(combined)
    }
  })

  test('captures 100 MB without a newline completely', async () => {
    using pod = makeWrappedPod()
    const result = await pod.wrapped(['sh', '-c', 'head -c 100000000 /dev/zero | tr "\\0" x'], {
      env: { ARGO_INCLUDE_SCRIPT_OUTPUT: 'true' },
      encoding: 'buffer',
      maxBuffer: 200_000_000,
    })
    expect(result.exitCode).toBe(0)
    const passed = Buffer.from(result.stdout as Uint8Array)
    expect(passed.length).toBe(100_000_000)
    expect(readFileSync(join(pod.mail, 'stdout')).equals(passed)).toBe(true)
    expect(readFileSync(join(pod.mail, 'combined')).equals(passed)).toBe(true)
  })

  test('does not wait for a process in the background that keeps the pipe', async () => {
    using pod = makeWrappedPod()
    const started = performance.now()
    const result = await pod.wrapped(['sh', '-c', 'sleep 60 & echo done'], {
      env: { ARGO_INCLUDE_SCRIPT_OUTPUT: 'true' },
    })
    expect(result.exitCode).toBe(0)
    expect(text(result.stdout)).toBe('done\n')
    expect(pod.read('stdout')).toBe('done\n')
    expect(performance.now() - started).toBeLessThan(20_000)
  })

  test('stages outputs before it leaves the exit code, also of a failed command', async () => {
    using pod = makeWrappedPod()
    const template = {
      outputs: {
        parameters: [
          { name: 'p', valueFrom: { path: '/tmp/../run/argo/p' } },
          { name: 'missing', valueFrom: { path: '/nowhere/p' } },
          { name: 'mounted', valueFrom: { path: '/run/argo/volume/p' } },
        ],
        artifacts: [
          { name: 'dir', path: '/run/argo/dir/' },
          { name: 'raw', path: '/run/argo/raw', archive: { none: {} } },
        ],
      },
      container: { volumeMounts: [{ name: 'v', mountPath: '/run/argo/volume' }] },
    }
    const command = `umask 077; cd /run/argo; printf value >p; mkdir -p dir/sub volume; echo x >dir/sub/x; echo raw >raw; echo no >volume/p; exit 9`
    const result = await pod.wrapped(['sh', '-c', command], {
      env: { ARGO_TEMPLATE: JSON.stringify(template) },
    })
    expect(text(result.stderr)).toBe('')
    expect(result.exitCode).toBe(9)
    expect(pod.read('exitcode')).toBe('9')
    const staged = (await pod.bare(['sh', '-c', 'cd /run/argo/outputs; find . -printf "%y %m %p\\n" | sort']))
      .stdout
    expect(text(staged)).toBe(
      [
        'd 755 .',
        'd 755 ./artifacts',
        'd 755 ./artifacts/run',
        'd 755 ./artifacts/run/argo',
        'd 755 ./parameters',
        'd 755 ./parameters/run',
        'd 755 ./parameters/run/argo',
        'f 644 ./artifacts/run/argo/dir.tgz',
        'f 644 ./artifacts/run/argo/raw.tgz',
        'f 644 ./parameters/run/argo/p',
        '',
      ].join('\n'),
    )
    const names = await pod.bare(['tar', 'tzf', '/run/argo/outputs/artifacts/run/argo/dir.tgz'])
    expect(text(names.stdout)).toBe('dir/\ndir/sub/\ndir/sub/x\n')
  })

  test('an output that cannot be staged fails the step and loses no other', async () => {
    using pod = makeWrappedPod()
    const template = {
      outputs: {
        parameters: [
          { name: 'bad', valueFrom: { path: '/run/argo/fifo' } },
          { name: 'good', valueFrom: { path: '/run/argo/good' } },
        ],
        artifacts: [{ name: 'bad', path: '/run/argo/fifo' }],
      },
    }
    const result = await pod.wrapped(['sh', '-c', 'cd /run/argo; mkfifo fifo; echo good >good'], {
      env: { ARGO_TEMPLATE: JSON.stringify(template) },
    })
    expect(result.exitCode).toBe(64)
    expect(pod.read('exitcode')).toBe('0')
    expect(pod.terminationMessage()).toBe('/run/argo/fifo is not a regular file or directory')
    expect(readFileSync(join(pod.argo, 'outputs/parameters/run/argo/good'), 'utf8')).toBe('good\n')
  })

  test('reads further arguments from a file and hands on those that are too long', async () => {
    using pod = makeWrappedPod()
    const long = 'x'.repeat(131_073)
    writeFileSync(join(pod.argo, 'args'), JSON.stringify(['b', long, 'ü']))
    const result = await pod.wrapped(['printf', '%s\n', 'a'], {
      env: { ARGO_CONTAINER_ARGS_FILE: '/run/argo/args' },
    })
    expect(text(result.stdout)).toBe('a\nb\n@/tmp/argo_arg_3.txt\nü\n')
    expect(readFileSync('/tmp/argo_arg_3.txt', 'utf8')).toBe(long)
    rmSync('/tmp/argo_arg_3.txt')
  })

  test('pauses before and after until a file is there', async () => {
    using pod = makeWrappedPod()
    mkdirSync(pod.mail, { recursive: true })
    const env = { ARGO_DEBUG_PAUSE_BEFORE: 'true', ARGO_DEBUG_PAUSE_AFTER: 'true' }
    const command = 'test -e /run/argo/ctr/main/before && : >/run/argo/ctr/main/after && exit 4'
    const running = pod.wrapped(['sh', '-c', command], { env })
    writeFileSync(join(pod.mail, 'before'), '')
    expect((await running).exitCode).toBe(4)
  })

  test.each([15, 9])('signal %i ends a pause, without the command', async (signal) => {
    using pod = makeWrappedPod()
    mkdirSync(pod.mail, { recursive: true })
    const running = pod.wrapped(['echo', 'never'], { env: { ARGO_DEBUG_PAUSE_BEFORE: 'true' } })
    sendMailboxSignal(pod.mail, signal)
    const result = await running
    expect(text(result.stdout)).toBe('')
    expect(result.exitCode).toBe(128 + signal)
    expect(pod.read('exitcode')).toBe(String(128 + signal))
  })
})
