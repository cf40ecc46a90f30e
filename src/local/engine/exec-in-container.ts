// Commands that the API runs in a container: signals go straight to the process, everything else through its namespaces.

import { execFile } from 'node:child_process'
import { basename } from 'node:path'
import type { ExecResult } from '../../kube/api.ts'
import type { RunningContainer } from './run-container.ts'

const longestOutputBytes = 1 << 20
const longestMs = 60_000

export async function execInContainer(
  container: RunningContainer,
  command: readonly string[],
  signal?: AbortSignal,
): Promise<ExecResult> {
  const pid = container.pid()
  if (pid === undefined) return failure('the container is not running')
  const [program = '', ...args] = command
  const number = killSignal(program, args)
  if (number !== undefined) {
    container.kill(number)
    return { exitCode: 0, stdout: `killing 1 with ${number}\n`, stderr: '' }
  }
  return enter(pid, command, signal)
}

/** What the controller asks for: `argoexec kill SIGNAL 1`, or a shell's. The process is ours to signal, from outside. */
function killSignal(program: string, args: readonly string[]): number | undefined {
  const [role, first, pid] = args
  const text =
    basename(program) === 'argoexec' && role === 'kill' && pid === '1'
      ? first
      : /^kill -(\d+) 1$/.exec(first ?? '')?.[1]
  const number = Number(text)
  return Number.isInteger(number) && number > 0 && number < 32 ? number : undefined
}

function enter(
  pid: number,
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ExecResult> {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials']
  const words = [
    '--target',
    String(pid),
    ...user,
    '--mount',
    '--uts',
    '--pid',
    '--root',
    '--wd',
    '--',
    ...command,
  ]
  const options = {
    env: {},
    timeout: longestMs,
    maxBuffer: longestOutputBytes,
    ...(signal ? { signal } : {}),
  }
  return new Promise((resolve) => {
    execFile('/usr/bin/nsenter', words, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 126
      resolve({ exitCode, stdout, stderr })
    })
  })
}

function failure(text: string): ExecResult {
  return { exitCode: 126, stdout: '', stderr: `${text}\n` }
}
