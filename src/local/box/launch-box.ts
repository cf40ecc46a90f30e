// Starts boxes for the engine: a process in namespaces of its own that waits, warm, for what it shall become.

import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import { controlDescriptor, type BoxReport, type BoxSpec } from './box-spec.ts'
import { killSession } from './kill-session.ts'
import { openPipe } from './open-pipe.ts'
import { openTerminal } from './open-terminal.ts'

export interface BoxLauncher {
  /** Path of this executable, and of its first words where it runs from sources. */
  readonly program: readonly string[]
  /** Words before the program that make the namespaces; empty without isolation. */
  readonly namespaces: readonly string[]
  /** Holds the pids of the boxes that run; given where this process is a subreaper, for the orphans of ended boxes. */
  readonly running?: Set<number>
}

export interface BoxEnd {
  /** As a shell tells it: 128 + the signal for a killed one. */
  readonly exitCode: number
  readonly signal?: string
}

export interface Box {
  /** Standard output and error of the container in the order of its writes; ends when its last process is gone. */
  readonly output: Readable
  /** Never rejects. */
  readonly ended: Promise<BoxEnd>
  /** Builds the view and starts the command; resolves with the pid of the container's first process. */
  start(spec: BoxSpec): Promise<number>
  /** Sends a signal to the container's first process, if it is still there. */
  kill(signal: number | NodeJS.Signals): void
}

/** `terminal`: the container's descriptors are a terminal of its own instead of nothing and a pipe. */
export function launchBox({ program, namespaces, running }: BoxLauncher, terminal = false): Box {
  const [file, ...words] = [...namespaces, ...program, 'box']
  const streams = terminal ? openTerminal() : openPipe()
  // Nothing of the user's environment: the first process of a container shows its own to all others in /proc.
  // Standard error is that of the programs around the container; the box itself sends both of its own to the pipe.
  const child = spawn(file, words, {
    stdio: [streams.input, streams.write, 'pipe', 'pipe'],
    env: {},
    detached: true,
    cwd: '/',
  })
  streams.handedOver()
  const control = child.stdio[controlDescriptor] as Socket
  // A box that died while nobody was reading or writing; `ended` tells.
  control.on('error', () => undefined)
  const reports = readReports(control)
  const complaints = collect(child.stderr)
  const ended = endOf(child, complaints)
  if (child.pid !== undefined) running?.add(child.pid)
  const endsAll = namespaces.includes('--pid')
  const killRest = (): void => {
    if (!endsAll && child.pid !== undefined) killSession(child.pid, running)
  }
  let pid: number | undefined
  let over = false
  let starting = false
  void ended.then(() => {
    over = true
    if (child.pid !== undefined) running?.delete(child.pid)
    killRest()
    streams.ended()
    // Of a box that is being started the last reports may not be read yet: a short command ends sooner than that.
    if (starting) return
    control.destroy()
    streams.output.destroy()
  })
  return {
    output: streams.output,
    ended,
    async start(spec) {
      starting = true
      try {
        pid = (await expectReport(reports, 'ready', complaints)).pid
        control.write(`${JSON.stringify(spec)}\n`)
        await expectReport(reports, 'started', complaints)
        return pid
      } finally {
        control.destroy()
      }
    },
    kill(signal) {
      if (over) return
      try {
        // Without a PID namespace all are looked up first: later nobody tells whose children they were.
        if (signal === 'SIGKILL') killRest()
        // Before the container's first process is known, the whole box is meant.
        if (pid === undefined) child.kill('SIGKILL')
        else process.kill(pid, signal)
      } catch {
        // It has ended meanwhile; `ended` tells.
      }
    },
  }
}

async function expectReport<T extends BoxReport['type']>(
  reports: AsyncIterator<BoxReport>,
  type: T,
  complaints: Complaints,
): Promise<Extract<BoxReport, { type: T }>> {
  const { value, done } = await reports.next()
  if (done !== true && value.type === type) return value as Extract<BoxReport, { type: T }>
  const found =
    done === true
      ? (await complaints) || 'its first process ended before it could start the command'
      : describe(value)
  throw new ArgoError(`start an isolated container: ${found}`, { code: 'ERR_ISOLATION' })
}

function describe(report: BoxReport): string {
  return report.type === 'failed' ? report.message : `it reported ${report.type} out of order`
}

/** Lines of at most 64 KiB: the other side is our own program, but it runs where strangers' files lie. */
async function* readReports(control: Socket): AsyncGenerator<BoxReport> {
  let text = ''
  try {
    for await (const chunk of control) {
      text += String(chunk)
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        yield JSON.parse(text.slice(0, end)) as BoxReport
        text = text.slice(end + 1)
      }
      if (text.length > 65536) return
    }
  } catch (error) {
    if (!control.destroyed) yield { type: 'failed', message: errorMessage(error) }
  }
}

type Complaints = Promise<string>

const longestComplaint = 4096

/** What `setpriv` and `unshare` say when they fail; resolves when both have ended. */
async function collect(stream: Readable | null): Complaints {
  let text = ''
  try {
    for await (const chunk of stream ?? []) text = (text + String(chunk)).slice(0, longestComplaint)
  } catch {
    // What was said so far is all there is.
  }
  return text.trim()
}

function endOf(child: ChildProcess, complaints: Complaints): Promise<BoxEnd> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ exitCode: 128 }))
    child.once('exit', (code, signal) => {
      if (signal !== null) resolve({ exitCode: 128 + constants.signals[signal], signal })
      else if (code === 1) void complaints.then((text) => resolve(isKilled(text) ? killed : { exitCode: 1 }))
      else resolve({ exitCode: code ?? 128 })
    })
  })
}

const killed: BoxEnd = { exitCode: 137, signal: 'SIGKILL' }

/**
 * `unshare` ends by the signal that ended its child, but it cannot do that with SIGKILL: it first asks for the default
 * action of the signal, which the kernel refuses for this one, complains and ends with 1.
 */
function isKilled(complaints: string): boolean {
  return complaints.startsWith('unshare: ')
}
