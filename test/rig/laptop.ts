// Runs the built `argo` as a person on a laptop does: a state folder of its own, a workflow given as an object.

import { execa, type Options, type Result, type ResultPromise } from 'execa'
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
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
  const prefix = demote ? ['setpriv', '--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'] : []
  const env = { HOME: folder, PATH: process.env['PATH'] ?? '', XDG_STATE_HOME: join(folder, 'xdg'), NO_COLOR: '1' }
  const running = new Set<ResultPromise>()
  const start = (words: readonly string[], more: Options = {}): ResultPromise => {
    const [file = '', ...args] = [...prefix, argoPath(), ...words]
    const child = execa(file, args, { cwd: folder, env, extendEnv: false, reject: false, ...more }) as ResultPromise
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
    spec: { entrypoint: 'main', templates: [{ name: 'main', container: { image: 'busybox', command: ['sh', '-c', source] }, ...more }] },
  }
}

/** Processes whose command line holds `text`, by their numbers. */
export function processesWith(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => readText(`/proc/${name}/cmdline`).includes(text))
    .map(Number)
}

/** All mount namespaces that some process is in, and the mounts of this one. */
export function mountTable(): { readonly namespaces: ReadonlySet<string>; readonly mounts: string } {
  const namespaces = new Set<string>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      namespaces.add(readlinkSync(`/proc/${name}/ns/mnt`))
    } catch {
      // It has ended, or is not ours to look at.
    }
  }
  return { namespaces, mounts: readText('/proc/self/mounts') }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
