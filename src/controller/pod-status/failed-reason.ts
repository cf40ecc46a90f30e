// Why a pod has failed: one phase and one message for the node, from the most telling container.

import { containers } from '../../pod/names.ts'
import type { ContainerStatus, Pod, TerminatedState } from '../pod/pod-types.ts'

export interface FailedReason {
  readonly phase: 'Succeeded' | 'Failed' | 'Error'
  readonly message: string
}

/** Signals by which the executor ends sidecars: 128 + KILL, 128 + TERM. */
const endedByExecutor: readonly number[] = [137, 143]

/**
 * The pod's own message first, then init containers, main, wait, sidecars (spec executor 1.13). A container that never
 * ran, init and wait make the node an Error, main makes it Failed; a sidecar that was told to end does not count.
 */
export function failedReason(pod: Pod): FailedReason {
  const { message, initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {}
  if (message) return { phase: 'Failed', message }
  for (const status of [
    ...initContainerStatuses,
    ...containerStatuses.toSorted((a, b) => rank(a) - rank(b)),
  ]) {
    const reason = reasonOf(status)
    if (reason !== undefined) return reason
  }
  return onlySidecarsFailed(containerStatuses)
}

function reasonOf({ name, state }: ContainerStatus): FailedReason | undefined {
  if (state?.waiting !== undefined) {
    const { reason = '', message = '' } = state.waiting
    return {
      phase: 'Error',
      message: `Pod failed before ${name} container starts due to ${reason}: ${message}`,
    }
  }
  const end = state?.terminated
  if (end === undefined || end.exitCode === 0) return undefined
  if (name === containers.init || name === containers.wait)
    return { phase: 'Error', message: describe(name, end) }
  if (name !== containers.main && endedByExecutor.includes(end.exitCode)) return undefined
  return { phase: 'Failed', message: describe(name, end) }
}

function onlySidecarsFailed(statuses: readonly ContainerStatus[]): FailedReason {
  const main = endedWell(statuses, containers.main)
  const wait = endedWell(statuses, containers.wait)
  if (main && wait) return { phase: 'Succeeded', message: '' }
  if (main) return { phase: 'Failed', message: 'pod failed: wait container did not complete successfully' }
  if (wait) return { phase: 'Failed', message: 'pod failed: main container did not complete successfully' }
  return { phase: 'Failed', message: 'pod failed: neither main nor wait container completed successfully' }
}

function endedWell(statuses: readonly ContainerStatus[], name: string): boolean {
  return statuses.some((status) => status.name === name && status.state?.terminated?.exitCode === 0)
}

function describe(name: string, { reason = '', exitCode, message }: TerminatedState): string {
  return `${name}: ${reason} (exit code ${exitCode})${message ? `: ${message}` : ''}`
}

function rank({ name }: ContainerStatus): number {
  if (name === containers.main) return 0
  return name === containers.wait ? 1 : 2
}
