// Runs the built `argo` as a person on a laptop does: a state folder of its own, a workflow given as an object.

import { execa, type Options, type Result, type ResultPromise } from 'execa'
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argoPath } from './argoexec.ts'

export interface Laptop extends AsyncDisposable {
  readonly folder: string
  readonly state: string
  /** Writes a file into the folder and returns its path. */
  file(name: string, content: unknown): string
  /** Runs to the end; never rejects. */
  argo(...words: readonly string[]): Promise<Result>
  start(words: readonly string[], options?: Options): ResultPromise
}

/** Somebody without rights; also where the tests run as root. */
const nobody = 65534

/** `ordinary`: as a user without rights, when the tests themselves run as root. */
export function openLaptop(options: { readonly ordinary?: boolean } = {}): Laptop {
  const folder = mkdtempSync(join(tmpdir(), 'argo-laptop-'))
  chmodSync(folder, 0o755)
  const demote = options.ordinary === true && process.getuid?.() === 0
  if (demote) chownSync(folder, nobody, nobody)
  const state = join(folder, 'state')
  const prefix = demote
    ? ['setpriv', '--reuid', String(nobody), '--regid', String(nobody), '--clear-groups']
    : []
  const env = {
    HOME: folder,
    PATH: process.env['PATH'] ?? '',
    XDG_STATE_HOME: join(folder, 'xdg'),
    NO_COLOR: '1',
  }
  const running = new Set<ResultPromise>()
  const start = (words: readonly string[], more: Options = {}): ResultPromise => {
    const [file = '', ...args] = [...prefix, argoPath(), ...words]
    const child = execa(file, args, {
      cwd: folder,
      env,
      extendEnv: false,
      reject: false,
      ...more,
    }) as ResultPromise
    running.add(child)
    void child.finally(() => running.delete(child))
    return child
  }
  return {
    folder,
    state,
    file(name, content) {
      const path = join(folder, name)
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
      return path
    },
    argo: async (...words) => (await start([...words, '--state', state])) as Result,
    start: (words, more) => start([...words, '--state', state], more),
    async [Symbol.asyncDispose]() {
      for (const child of running) child.kill('SIGKILL')
      await Promise.allSettled(running)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A workflow of one shell step. */
export function shellWorkflow(source: string, more: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'test' },
    spec: {
      entrypoint: 'main',
      templates: [{ name: 'main', container: { image: 'busybox', command: ['sh', '-c', source] }, ...more }],
    },
  }
}

/** Processes whose command line holds `text`, by their numbers. */
export function processesWith(text: string): readonly number[] {
  return processes().filter((pid) => readText(`/proc/${pid}/cmdline`).includes(text))
}

/** Mount namespaces of a process and of everything below it. */
export function mountNamespacesBelow(pid: number): ReadonlySet<string> {
  const parents = new Map(processes().map((one) => [one, parentOf(one)]))
  const isBelow = (one: number | undefined): boolean =>
    one !== undefined && (one === pid || isBelow(parents.get(one)))
  return namespacesOf([...parents.keys()].filter(isBelow))
}

/** Mount namespaces that some process is in. */
export function mountNamespaces(): ReadonlySet<string> {
  return namespacesOf(processes())
}

function namespacesOf(pids: readonly number[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const pid of pids) {
    try {
      found.add(readlinkSync(`/proc/${pid}/ns/mnt`))
    } catch {
      // It has ended, or is not ours to look at.
    }
  }
  return found
}

function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function parentOf(pid: number): number | undefined {
  const text = readText(`/proc/${pid}/stat`)
  const parent = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])
  return parent > 0 ? parent : undefined
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
