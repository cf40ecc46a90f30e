// What the command inherits under the wrapper is what it would have had without: /proc shows both, and they are compared.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { argoexecPath } from '../rig/argoexec.ts'
import { describeNeeding } from '../rig/needs.ts'
import { makeWrappedPod, type StartOptions } from '../rig/wrapped.ts'

/** What differs from run to run, and what the wrapper changes on purpose: the process group is the command's own. */
const volatile =
  /^(Pid|PPid|Tgid|Ngid|NS\w+|Vm\w+|Rss\w+|Hugetlb\w+|Threads|voluntary_\w+|nonvoluntary_\w+|SigQ|x86_\w+|pos|ino|mnt_id):/

const files = [
  'status',
  'limits',
  'fdinfo/0',
  'fdinfo/1',
  'fdinfo/2',
  'oom_score_adj',
  'personality',
  'timerslack_ns',
  'cgroup',
]

/** cat does nothing to itself, so its own /proc is what it was given. */
const showState = ['cat', ...files.map((name) => `/proc/self/${name}`)]

const given: readonly (readonly [string, StartOptions])[] = [
  ['plain', {}],
  ['with an umask', { prepare: 'umask 027' }],
  ['with another working directory', { prepare: 'cd /usr/share' }],
  ['with limits', { prepare: 'ulimit -St 1000; ulimit -f 123456; ulimit -c 0; ulimit -n 64' }],
  ['with a niceness', { prepare: 'set -- nice -n 5 "$@"' }],
  ['not as the first process', { first: false }],
  ['without PATH and HOME', { prepare: 'set -- /usr/bin/env -u PATH -u HOME "$@"' }],
]

describeNeeding({ namespaces: true }, 'inheritance through the wrapper', () => {
  test.each(given)('%s', async (_name, options) => {
    using pod = makeWrappedPod()
    const [program = '', ...rest] = showState
    const command = [`/usr/bin/${program}`, ...rest]
    const bare = state(await pod.bare(command, options))
    const wrapped = state(await pod.wrapped(command, options))
    expect(wrapped).toEqual(bare)
    expect(bare.some((line) => line.startsWith('SigBlk:'))).toBe(true)
  })

  // Only the build can keep it: once Node has raised it, nobody knows what it was.
  const raised = readFileSync(argoexecPath()).includes('\0setrlimit64\0')
  const why = raised ? ' [skipped: this build raises it]' : ''
  test.skipIf(raised)(`a soft limit of open files${why}`, async () => {
    using pod = makeWrappedPod()
    const options = { prepare: 'ulimit -Sn 512' }
    const command = ['sh', '-c', 'ulimit -Sn; ulimit -Hn']
    const { stdout } = await pod.bare(command, options)
    expect(String(stdout)).toMatch(/^512\n/)
    expect((await pod.wrapped(command, options)).stdout).toBe(stdout)
  })

  test.each([
    ['plain', {}],
    ['captured', { env: { ARGO_INCLUDE_SCRIPT_OUTPUT: 'true' } }],
  ])('no descriptor of ours is left open: %s', async (_name, options) => {
    using pod = makeWrappedPod()
    const command = ['/bin/ls', '/proc/self/fd']
    const bare = String((await pod.bare(command)).stdout)
    expect(String((await pod.wrapped(command, options)).stdout)).toBe(bare)
  })

  test('working directory, root and arguments are the same', async () => {
    using pod = makeWrappedPod()
    const command = [
      '/bin/sh',
      '-c',
      'readlink /proc/self/cwd /proc/self/root; tr "\\0" "|" </proc/$$/cmdline',
      'zero',
      'one',
    ]
    const options = { prepare: 'cd /usr/lib' }
    const bare = await pod.bare(command, options)
    expect((await pod.wrapped(command, options)).stdout).toBe(bare.stdout)
  })

  test('the command leads a process group of its own in the same session', async () => {
    using pod = makeWrappedPod()
    const { stdout } = await pod.wrapped([
      '/bin/sh',
      '-c',
      'cut -d" " -f1,5,6 /proc/$$/stat; cut -d" " -f6 /proc/1/stat',
    ])
    const [own = '', wrapper] = String(stdout).trim().split('\n')
    const [pid, group, session] = own.split(' ')
    expect(group).toBe(pid)
    expect(session).toBe(wrapper)
  })

  test.each(['false', 'true'])(
    'descriptors that are shared with others do not become non-blocking (captured: %s)',
    async (captured) => {
      using pod = makeWrappedPod()
      const script = `mkfifo /run/fifo; exec 3<>/run/fifo
grep flags /proc/$$/fdinfo/3
"$@" <&3 >&3 2>&3
grep flags /proc/$$/fdinfo/3; head -n 1 <&3`
      const command = [
        pod.program,
        'emissary',
        '--',
        'sh',
        '-c',
        'grep flags /proc/self/fdinfo/1; exec sleep 0.1',
      ]
      const env = { ARGO_CONTAINER_NAME: 'main', ARGO_TEMPLATE: '{}', ARGO_INCLUDE_SCRIPT_OUTPUT: captured }
      const { stdout } = await pod.bare(['sh', '-c', script, 'sh', ...command], { env })
      const [before, after, during] = String(stdout).trim().split('\n')
      expect(after).toBe(before)
      if (captured === 'false') expect(during).toBe(before)
    },
  )
})

function state(result: {
  readonly stdout?: unknown
  readonly exitCode?: number | undefined
  readonly stderr?: unknown
}): readonly string[] {
  expect(String(result.stderr)).toBe('')
  expect(result.exitCode).toBe(0)
  return String(result.stdout)
    .split('\n')
    .filter((line) => !volatile.test(line))
}
