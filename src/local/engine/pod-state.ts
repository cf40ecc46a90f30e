// Where a pod stands: the states of its containers, and the status that follows from them by Kubernetes' rules.

import { localAddress } from './field-ref.ts'
import type { ContainerState, ContainerStatus, Pod, PodContainer, PodPhase, PodStatus } from './pod.ts'

export interface PodState {
  set(container: string, state: ContainerState): void
  get(container: string): ContainerState | undefined
  /** Fails the pod as a whole: a failed start, a deadline, a kill from outside. Told when no container runs any more. */
  fail(reason: string, message: string): void
  /** No machine is there that the pod could run on. */
  unschedulable(message: string): void
  status(): PodStatus
}

/** Times in Kubernetes are whole seconds. */
export function timestamp(date: Date = new Date()): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}

/** `onChange` is called after each change. */
export function createPodState(pod: Pod, onChange: () => void): PodState {
  const startTime = timestamp()
  const { initContainers = [], containers } = pod.spec
  const states = new Map<string, ContainerState>()
  for (const { name } of [...initContainers, ...containers])
    states.set(name, { waiting: { reason: 'PodInitializing' } })
  let failure: { readonly reason: string; readonly message: string } | undefined
  let unplaced: string | undefined
  const stateOf = (name: string): ContainerState =>
    states.get(name) ?? { waiting: { reason: 'ContainerCreating' } }
  const phase = (): PodPhase => {
    // As the kubelet: nobody shall see the end of a pod whose containers are still ending.
    if (failure !== undefined) return [...states.values()].some(isRunning) ? 'Running' : 'Failed'
    const inits = initContainers.map(({ name }) => stateOf(name))
    const mains = containers.map(({ name }) => stateOf(name))
    if (inits.some((state) => isEnded(state) && !isSuccess(state))) return 'Failed'
    if (mains.every(isEnded)) return mains.every(isSuccess) ? 'Succeeded' : 'Failed'
    return mains.some((state) => !('waiting' in state)) ? 'Running' : 'Pending'
  }
  return {
    set(container, state) {
      states.set(container, state)
      onChange()
    },
    get: (container) => states.get(container),
    fail(reason, message) {
      failure ??= { reason, message }
      onChange()
    },
    unschedulable(message) {
      unplaced = message
      onChange()
    },
    status() {
      const current = phase()
      if (unplaced !== undefined && failure === undefined) return pendingStatus(unplaced)
      const initialized = initContainers.every(({ name }) => isSuccess(stateOf(name)))
      const ready = current === 'Running' && containers.every(({ name }) => isRunning(stateOf(name)))
      const render = (list: readonly PodContainer[]): readonly ContainerStatus[] =>
        list.map((container) => renderContainer(pod, container, stateOf(container.name)))
      return {
        phase: current,
        ...(current === 'Failed' ? failure : {}),
        conditions: [
          { type: 'Initialized', status: initialized ? 'True' : 'False' },
          { type: 'Ready', status: ready ? 'True' : 'False' },
          { type: 'ContainersReady', status: ready ? 'True' : 'False' },
          { type: 'PodScheduled', status: 'True' },
        ],
        hostIP: localAddress,
        podIP: localAddress,
        podIPs: [{ ip: localAddress }],
        startTime,
        ...(initContainers.length > 0 ? { initContainerStatuses: render(initContainers) } : {}),
        containerStatuses: render(containers),
        qosClass: 'BestEffort',
      }
    },
  }
}

export function isEnded(state: ContainerState): boolean {
  return 'terminated' in state
}

function isRunning(state: ContainerState): boolean {
  return 'running' in state
}

function pendingStatus(message: string): PodStatus {
  return {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
    qosClass: 'BestEffort',
  }
}

function isSuccess(state: ContainerState): boolean {
  return 'terminated' in state && state.terminated.exitCode === 0
}

function renderContainer(
  pod: Pod,
  { name, image = '' }: PodContainer,
  state: ContainerState,
): ContainerStatus {
  const running = isRunning(state)
  const containerID = 'waiting' in state ? {} : { containerID: `argo://${pod.metadata.uid ?? ''}/${name}` }
  return {
    name,
    image,
    imageID: '',
    ...containerID,
    ready: running,
    started: running,
    restartCount: 0,
    state,
    lastState: {},
  }
}
