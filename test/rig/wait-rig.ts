// wait, with a real HTTP API and store around it; the test plays main in a folder that stands for the pod.

import { closeSync, constants, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runWait } from '../../roles/wait.ts'
import { createKubeClient } from '../../src/kube/rest-client.ts'
import { makeWitness } from '../../src/process/witness.ts'
import type { ArtifactLocation, Template } from '../../src/spec/types.ts'
import type { Environment } from '../../src/util/environment.ts'
import { startFileStore, type FileStore } from './file-store.ts'
import { makePodRoot, type PodRoot } from './pod-root.ts'
import { startTaskResultApi, type TaskResultApi } from './task-result-api.ts'

export interface WaitRig extends AsyncDisposable {
  readonly pod: PodRoot
  readonly api: TaskResultApi
  readonly store: FileStore
  /** Mailbox folder of main. */
  readonly mailbox: string
  /** A place in the store, below `/wf1/pod`. */
  readonly archiveLocation: ArtifactLocation
  run(template: Template, env?: Environment, terminated?: AbortSignal): Promise<number>
  /** The test as main: `die` ends it without an exit code, as SIGKILL does. */
  startMain(): { die(): void; exit(code: number): void }
  /** Where main leaves outputs. */
  staged(kind: 'parameters' | 'artifacts', path: string): string
  termination(): string
}

export async function startWaitRig(): Promise<WaitRig> {
  const umask = process.umask()
  const pod = makePodRoot()
  const api = await startTaskResultApi()
  const store = await startFileStore()
  const client = createKubeClient({ server: api.url })
  const mailbox = join(pod.layout.varRunArgo, 'ctr/main')
  mkdirSync(mailbox, { recursive: true })
  makeWitness(mailbox)
  return {
    pod,
    api,
    store,
    mailbox,
    archiveLocation: { http: { url: `${store.url}/wf1/pod` } },
    run: (template, env = {}, terminated = new AbortController().signal) => {
      const { layout, log } = pod
      return runWait({ env: pod.env(template, env), layout, log, api: client, namespace: 'ns', terminated })
    },
    startMain: () => startMain(mailbox),
    staged: (kind, path) => join(pod.layout.varRunArgo, 'outputs', kind, path),
    termination: () => readFileSync(pod.layout.terminationLog, 'utf8'),
    async [Symbol.asyncDispose]() {
      process.umask(umask)
      client.close()
      pod[Symbol.dispose]()
      await api[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

/** Writes a file and the folders above it. */
export function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

function startMain(mailbox: string): ReturnType<WaitRig['startMain']> {
  const alive = openSync(join(mailbox, 'alive'), constants.O_RDWR)
  writeFileSync(join(mailbox, 'started'), '')
  return {
    die: () => closeSync(alive),
    exit: (code) => {
      writeFileSync(join(mailbox, '.exitcode'), String(code))
      renameSync(join(mailbox, '.exitcode'), join(mailbox, 'exitcode'))
      closeSync(alive)
    },
  }
}
