// kubectl for tests: the judge that is not our own client. Works on whatever cluster KUBECONFIG names.

import { execa } from 'execa'

interface Terminated {
  readonly exitCode: number
  readonly reason?: string
  readonly message?: string
}

interface ContainerStatus {
  readonly name: string
  readonly state: {
    readonly terminated?: Terminated
    readonly waiting?: { readonly reason?: string; readonly message?: string }
  }
}

export interface PodView {
  readonly metadata: { readonly name: string }
  readonly status: {
    readonly phase: string
    readonly containerStatuses?: readonly ContainerStatus[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
  }
}

/** Standard output of kubectl; rejects with its standard error. */
export async function kubectl(words: readonly string[], input?: unknown): Promise<string> {
  const { stdout } =
    input === undefined
      ? await execa('kubectl', words)
      : await execa('kubectl', words, { input: JSON.stringify(input) })
  return stdout
}

async function getJson<T>(words: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl([...words, '-o', 'json'])) as T
}

/** A namespace of its own for the life of one test file; deleting it does not wait. */
export async function makeNamespace(prefix: string): Promise<{ readonly name: string } & AsyncDisposable> {
  const name = `${prefix}-${Math.random().toString(36).slice(2, 8)}`
  await kubectl(['create', 'namespace', name])
  return {
    name,
    async [Symbol.asyncDispose]() {
      await kubectl(['delete', 'namespace', name, '--wait=false'])
    },
  }
}

/** Waits for a pod's end through a watch of kubectl, at most `seconds`. */
export async function podEnd(namespace: string, name: string, seconds = 60): Promise<PodView> {
  const ended = (phase: string): Promise<string> =>
    kubectl([
      '-n',
      namespace,
      'wait',
      `pod/${name}`,
      `--for=jsonpath={.status.phase}=${phase}`,
      `--timeout=${seconds}s`,
    ])
  await Promise.any([ended('Succeeded'), ended('Failed')]).catch(() => undefined)
  return getJson<PodView>(['-n', namespace, 'get', 'pod', name])
}
