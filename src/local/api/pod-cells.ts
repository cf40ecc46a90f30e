// A pod in one row: how many containers are ready, and in one word what it does or why it ended.

import { durationSince } from './human-duration.ts'

interface ContainerStatus {
  readonly ready?: boolean
  readonly restartCount?: number
  readonly state?: {
    readonly waiting?: { readonly reason?: string }
    readonly running?: object
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number; readonly signal?: number }
  }
}

export interface PrintedPod {
  readonly metadata: {
    readonly name: string
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
  }
  readonly spec?: { readonly containers?: readonly object[]; readonly initContainers?: readonly object[] }
  readonly status?: {
    readonly phase?: string
    readonly reason?: string
    readonly containerStatuses?: readonly ContainerStatus[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
  }
}

/** Name, ready, status, restarts, age. */
export function podCells(pod: PrintedPod, now: Date): readonly string[] {
  const { metadata, spec, status } = pod
  const all = status?.containerStatuses ?? []
  const ready = all.filter((one) => one.ready === true && one.state?.running !== undefined).length
  const restarts = [...(status?.initContainerStatuses ?? []), ...all]
    .map(({ restartCount = 0 }) => restartCount)
    .reduce((sum, count) => sum + count, 0)
  return [
    metadata.name,
    `${ready}/${spec?.containers?.length ?? 0}`,
    metadata.deletionTimestamp === undefined ? statusWord(pod) : 'Terminating',
    String(restarts),
    durationSince(metadata.creationTimestamp, now),
  ]
}

/** parity: the rules of Kubernetes: the first init container that has not ended well, else the first other one. */
function statusWord({ spec, status }: PrintedPod): string {
  const phase = status?.reason ?? status?.phase ?? 'Unknown'
  const inits = status?.initContainerStatuses ?? []
  const open = inits.findIndex(({ state }) => state?.terminated?.exitCode !== 0)
  const first = inits[open]
  if (first !== undefined) {
    const word = containerWord(first)
    if (word !== undefined && word !== 'PodInitializing') return `Init:${word}`
    return `Init:${open}/${spec?.initContainers?.length ?? 0}`
  }
  const all = status?.containerStatuses ?? []
  const word = all.map(containerWord).find((one) => one !== undefined)
  const runs = all.some((one) => one.ready === true && one.state?.running !== undefined)
  return word === 'Completed' && runs ? 'Running' : (word ?? phase)
}

function containerWord({ state }: ContainerStatus): string | undefined {
  const { waiting, terminated } = state ?? {}
  if (waiting?.reason) return waiting.reason
  if (terminated === undefined) return undefined
  if (terminated.reason) return terminated.reason
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`
}
