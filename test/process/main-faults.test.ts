// The wrapper in bad company: full disks, closed logs, terminals, sidecars, small limits, unprivileged users.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fileAppears } from '../../src/process/watch-file.ts'
import { describeNeeding } from '../rig/needs.ts'
import { makeWrappedPod } from '../rig/wrapped.ts'

const text = (output: unknown): string => String(output)
const soon = (): AbortSignal => AbortSignal.timeout(25_000)

function withOutput(path: string): Readonly<Record<string, string>> {
  return { ARGO_TEMPLATE: JSON.stringify({ outputs: { artifacts: [{ name: 'a', path }] } }) }
}

describeNeeding({ namespaces: true }, 'the wrapper in bad company', () => {
  test('the exit code appears after the last output is whole', async () => {
    using pod = makeWrappedPod()
    mkdirSync(pod.mail, { recursive: true })
    const staged = join(pod.argo, 'outputs/artifacts/run/argo/big.tgz')
    const left = fileAppears(join(pod.mail, 'exitcode'), { signal: soon() }).then(
      () => gunzipSync(readFileSync(staged)).length,
    )
    await pod.wrapped(['sh', '-c', 'head -c 20000000 /dev/urandom >/run/argo/big'], {
      env: withOutput('/run/argo/big'),
    })
    expect(await left).toBeGreaterThan(20_000_000)
  })

  test('a full disk while an output is staged fails the step and leaves no torn archive', async () => {
    using pod = makeWrappedPod()
    const result = await pod.wrapped(['sh', '-c', 'head -c 1000000 /dev/urandom >/run/argo/big; exit 0'], {
      prepare: 'mkdir /run/argo/outputs; mount -t tmpfs -o size=64k tmpfs /run/argo/outputs',
      env: withOutput('/run/argo/big'),
    })
    expect(result.exitCode).toBe(64)
    expect(pod.terminationMessage()).toMatch(/^failed to tarball the output \/run\/argo\/big to .*ENOSPC/)
    expect(pod.read('exitcode')).toBe('0')
  })

  test('a full disk while output is captured lets the command go on and fails the step', async () => {
    using pod = makeWrappedPod()
    const result = await pod.wrapped(['sh', '-c', 'head -c 1000000 /dev/zero; echo end'], {
      prepare: 'mkdir -p /run/argo/ctr/main; mount -t tmpfs -o size=64k tmpfs /run/argo/ctr/main',
      env: { ARGO_INCLUDE_SCRIPT_OUTPUT: 'true' },
      encoding: 'buffer',
    })
    expect(Buffer.from(result.stdout as Uint8Array).length).toBe(1_000_004)
    expect(result.exitCode).toBe(64)
    expect(pod.terminationMessage()).toMatch(/^copy the output of the command .*ENOSPC/)
  })

  test('a log that nobody reads any more breaks the pipe of the command', async () => {
    using pod = makeWrappedPod()
    const script = `"$@" | head -c 1 >/dev/null; cat /run/argo/ctr/main/exitcode`
    const command = ['sh', '-c', 'while :; do echo x; done']
    const words = [pod.program, 'emissary', '--', ...command]
    const env = { ARGO_CONTAINER_NAME: 'main', ARGO_TEMPLATE: '{}', ARGO_INCLUDE_SCRIPT_OUTPUT: 'true' }
    const result = await pod.bare(['sh', '-c', script, 'sh', ...words], { env })
    expect(text(result.stdout)).toBe('141')
  })

  test('the debugging level talks, and only that', async () => {
    using pod = makeWrappedPod()
    const env = { ARGO_CONTAINER_NAME: 'main', ARGO_TEMPLATE: '{}' }
    const result = await pod.bare(
      [pod.program, 'emissary', '--loglevel=debug', '--log-format', 'text', '--', 'true'],
      { env },
    )
    expect(text(result.stderr)).toContain('starting the command')
    expect(result.exitCode).toBe(0)
  })

  test('without privileges, in a mailbox that another one made', async () => {
    using pod = makeWrappedPod()
    const prepare =
      'mkdir -p -m 777 /run/argo/ctr/main; set -- setpriv --bounding-set -all --inh-caps -all --no-new-privs "$@"'
    const result = await pod.wrapped(['grep', 'CapEff', '/proc/self/status'], { prepare })
    expect(text(result.stderr)).toBe('')
    expect(text(result.stdout)).toMatch(/CapEff:\s+0000000000000000/)
    expect(pod.read('exitcode')).toBe('0')
  })

  test.each([
    'NODE_OPTIONS=--bogus',
    'NODE_OPTIONS=--inspect',
    'NODE_PENDING_DEPRECATION=1',
    'UV_THREADPOOL_SIZE=0',
  ])('%s changes nothing', async (variable) => {
    using pod = makeWrappedPod()
    const env = { ARGO_INCLUDE_SCRIPT_OUTPUT: 'true' }
    const result = await pod.wrapped(['printenv', variable.split('=')[0] ?? ''], {
      env,
      prepare: `export ${variable}`,
    })
    expect(text(result.stderr)).toBe('')
    expect(text(result.stdout)).toBe(`${variable.split('=')[1]}\n`)
    expect(result.exitCode).toBe(0)
  })

  test('libraries of the image are not taken for ours', async () => {
    using pod = makeWrappedPod()
    mkdirSync(join(pod.argo, 'wrong'))
    for (const name of ['libstdc++.so.6', 'libm.so.6', 'libc.so.6'])
      writeFileSync(join(pod.argo, 'wrong', name), 'no library')
    const result = await pod.wrapped(['true'], { prepare: 'export LD_LIBRARY_PATH=/run/argo/wrong' })
    // The command is the one that cannot be loaded.
    expect(text(result.stderr)).toMatch(/^true: error while loading shared libraries/)
    expect(result.exitCode).toBe(127)
    expect(pod.read('exitcode')).toBe('127')
  })

  test('a name of a container that leads elsewhere is refused', async () => {
    using pod = makeWrappedPod()
    const result = await pod.wrapped(['true'], { env: { ARGO_CONTAINER_NAME: '../../x' } })
    expect(result.exitCode).toBe(64)
    expect(pod.terminationMessage()).toContain('failed to create ctr directory')
  })

  test('a sidecar is ended when main has ended, hard when it does not listen', async () => {
    using pod = makeWrappedPod()
    const env = {
      ARGO_CONTAINER_NAME: 'helper',
      ARGO_TEMPLATE: JSON.stringify({ sidecars: [{ name: 'helper' }] }),
      ARGO_TERMINATION_GRACE_PERIOD_SECONDS: '1',
    }
    const ready = fileAppears(join(pod.argo, 'ready'), { signal: soon() })
    const sidecar = pod.wrapped(
      ['sh', '-c', 'trap "echo heard" TERM; : >/run/argo/ready; while :; do sleep 0.1; done'],
      { env },
    )
    await ready
    expect(existsSync(join(pod.argo, 'ctr/helper/exitcode'))).toBe(false)
    mkdirSync(pod.mail, { recursive: true })
    writeFileSync(join(pod.mail, 'exitcode'), '0')
    const result = await sidecar
    expect(text(result.stdout)).toBe('heard\n')
    expect(result.exitCode).toBe(137)
  })
})

describeNeeding({ namespaces: true, programs: ['python3'] }, 'a step with a terminal', () => {
  test('the command has the terminal in the foreground and reads from it', async () => {
    using pod = makeWrappedPod()
    const env = { ARGO_CONTAINER_NAME: 'main', ARGO_TEMPLATE: '{}' }
    const command =
      'tty >/dev/null && read line && set -- $(cut -d" " -f5,8 /proc/$$/stat) && test $1 = $2 && echo "got $line"'
    const script = `
import os, pty, sys
pid, master = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
os.write(master, b"typed\\n")
output = b""
while b"got typed" not in output:
    try: output += os.read(master, 1024)
    except OSError: break
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(b"got typed" in output, code)
`
    const words = [pod.program, 'emissary', '--', 'sh', '-c', command]
    const result = await pod.bare(['python3', '-c', script, ...words], { env })
    expect(text(result.stdout)).toBe('True 0\n')
  })
})

describeNeeding({ namespaces: true }, 'argoexec kill', () => {
  test('signals a process and says so', async () => {
    using pod = makeWrappedPod()
    const script = `sleep 60 & pid=$!; ${pod.program} kill 15 $pid; echo $?; wait $pid; echo $?; ${pod.program} kill 15 $pid; echo $?; echo $pid`
    const result = await pod.bare(['sh', '-c', script])
    const [said = '', code, ended, again, missing, pid = ''] = text(result.stdout).trim().split('\n')
    expect(said).toBe(`killing ${pid} with 15`)
    expect([code, ended, again, missing]).toEqual(['0', '143', `killing ${pid} with 15`, '64'])
    expect(text(result.stderr)).toContain('no such process')
  })

  test.each([[[]], [['15']], [['TERM', '1']], [['15', '1', '2']]])('%j is a wrong call', async (words) => {
    using pod = makeWrappedPod()
    const result = await pod.bare([pod.program, 'kill', ...words])
    expect(result.exitCode).toBe(64)
    expect(text(result.stderr)).toContain('usage: argoexec kill SIGNAL PID')
  })
})
