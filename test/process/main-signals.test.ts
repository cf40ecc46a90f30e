// Signals through the wrapper: all that a process can catch, by the kernel and by the mailbox, before and after the
// start; orphans are reaped; the witness tells of the end.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sendMailboxSignal } from '../../src/process/mailbox-signals.ts'
import { fileAppears } from '../../src/process/watch-file.ts'
import { makeWitness, readWitness, watchWitness } from '../../src/process/witness.ts'
import { describeNeeding } from '../rig/needs.ts'
import { makeWrappedPod } from '../rig/wrapped.ts'

/** KILL and STOP cannot be caught; CHLD is for us; URG is never forwarded; 32 and 33 are the C library's. */
const forwarded = Array.from({ length: 64 }, (_, index) => index + 1).filter(
  (n) => ![9, 17, 19, 23, 32, 33].includes(n),
)

const python = 'python3'

/** Tells each signal that it hears, in order, and ends after the last of its arguments. */
const listener = `
import os, signal, sys
wanted = [int(word) for word in sys.argv[1:]]
heard = []
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
for number in wanted:
    os.kill(os.getppid(), number)
    info = signal.sigtimedwait(wanted, 20)
    heard.append(info.si_signo if info else 0)
print(*heard)
`

describeNeeding({ namespaces: true, programs: ['python3'] }, 'signals through the wrapper', () => {
  test.each([true, false])('each signal is passed on (first process: %s)', async (first) => {
    using pod = makeWrappedPod()
    const result = await pod.wrapped([python, '-c', listener, ...forwarded.map(String)], { first })
    expect(String(result.stderr)).toBe('')
    expect(String(result.stdout).trim().split(' ').map(Number)).toEqual(forwarded)
    expect(result.exitCode).toBe(0)
  })

  test('neither CHLD nor URG is passed on', async () => {
    using pod = makeWrappedPod()
    const script = `
import os, signal
wanted = [signal.SIGCHLD, signal.SIGURG, signal.SIGUSR2]
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
for number in wanted: os.kill(os.getppid(), number)
print(signal.sigtimedwait(wanted, 20).si_signo, signal.sigtimedwait(wanted, 0))
`
    const result = await pod.wrapped([python, '-c', script])
    expect(String(result.stdout)).toBe('12 None\n')
  })

  test('a signal reaches the whole process group', async () => {
    using pod = makeWrappedPod()
    const script = `trap 'wait; exit 3' TERM; sh -c 'trap "echo child; exit" TERM; kill -TERM 1; while :; do sleep 0.05; done' & while :; do sleep 0.05; done`
    const result = await pod.wrapped(['sh', '-c', script])
    expect(String(result.stdout)).toBe('child\n')
    expect(result.exitCode).toBe(3)
  })

  test.each([
    [15, 143],
    [9, 137],
    [34, 162],
  ])('signal %i in the mailbox ends the command', async (signal, code) => {
    using pod = makeWrappedPod()
    const running = pod.wrapped(['sh', '-c', ': >/run/argo/ready; exec sleep 60'])
    await fileAppears(join(pod.argo, 'ready'), { signal: AbortSignal.timeout(20_000) })
    sendMailboxSignal(pod.mail, signal)
    expect((await running).exitCode).toBe(code)
    expect(pod.read('exitcode')).toBe(String(code))
  })

  test('a signal that lies in the mailbox at the start is honoured, whoever wrote it', async () => {
    using pod = makeWrappedPod()
    mkdirSync(pod.mail, { recursive: true })
    writeFileSync(join(pod.mail, 'signal'), '15\n')
    expect((await pod.wrapped(['sleep', '60'])).exitCode).toBe(143)
  })

  test.each(['', 'x', '0', '-9', '99', '15 9'])('%j in the mailbox does nothing', async (content) => {
    using pod = makeWrappedPod()
    mkdirSync(pod.mail, { recursive: true })
    writeFileSync(join(pod.mail, 'signal'), content)
    expect((await pod.wrapped(['sh', '-c', 'sleep 0.2; exit 6'])).exitCode).toBe(6)
  })

  test.each([true, false])('orphans are reaped while the command runs (first process: %s)', async (first) => {
    using pod = makeWrappedPod()
    const script = `
import os, sys, time
wrapper = os.getppid()
read, write = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        time.sleep(0.05)
        os.write(write, str(os.getpid()).encode() if os.getppid() == wrapper else b"0")
        os._exit(0)
    os._exit(0)
os.wait()
orphan = int(os.read(read, 20))
limit = time.monotonic() + 20
while orphan and os.path.exists("/proc/%d" % orphan) and time.monotonic() < limit: time.sleep(0.01)
print("reaped" if orphan and not os.path.exists("/proc/%d" % orphan) else "left", orphan != 0)
`
    const result = await pod.wrapped([python, '-c', script], { first })
    expect(String(result.stdout)).toBe('reaped True\n')
  })

  test('the witness tells of a wrapper that was killed', async () => {
    using pod = makeWrappedPod()
    mkdirSync(pod.mail, { recursive: true })
    makeWitness(pod.mail)
    const signal = AbortSignal.timeout(20_000)
    const gone = watchWitness(pod.mail, { signal })
    const running = pod.wrapped(
      ['sh', '-c', 'echo $PPID $$ >/run/argo/pid.tmp; mv /run/argo/pid.tmp /run/argo/pid; exec sleep 60'],
      { first: false },
    )
    await fileAppears(join(pod.argo, 'pid'), { signal })
    expect(readWitness(pod.mail)).toBe('alive')
    const killedAt = performance.now()
    const [wrapper = 0, command = 0] = readFileSync(join(pod.argo, 'pid'), 'utf8').split(' ').map(Number)
    process.kill(wrapper, 'SIGKILL')
    await gone
    expect(performance.now() - killedAt).toBeLessThan(1000)
    expect(readWitness(pod.mail)).toBe('gone')
    process.kill(command, 'SIGKILL')
    await running
  })
})
