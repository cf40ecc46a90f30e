// Creates the pods that a pass asks for. Their names follow from the node, so a create that is repeated finds its pod.

import { errorMessage } from '../errors/argo-error.ts'
import { isAlreadyExists } from '../kube/kube-error.ts'
import { resources } from '../kube/api.ts'
import { isTransient } from '../kube/transient.ts'
import { mapLimit } from '../util/limit.ts'
import type { PodFailure, PodToCreate } from './operate/reconcile-types.ts'
import type { ConfigMap, Pod } from './pod/pod-types.ts'
import type { Shell } from './shell.ts'
import type { Workflow } from '../spec/types.ts'

export interface PodAnswer {
  readonly nodeId: string
  readonly pod?: Pod
  /** The pod was there before: what has happened to it meanwhile no event will tell. */
  readonly existed?: boolean
  readonly failure?: PodFailure
}

/** Requests that are under way at once for one workflow. */
const limit = 16

/** A create that fails is an answer, not an error: only its own node suffers. */
export async function createPods(
  shell: Shell,
  workflow: Workflow,
  wanted: readonly PodToCreate[],
): Promise<readonly PodAnswer[]> {
  return mapLimit(wanted, { limit, signal: shell.signal }, (item) => createPod(shell, workflow, item))
}

async function createPod(shell: Shell, workflow: Workflow, wanted: PodToCreate): Promise<PodAnswer> {
  const { nodeId } = wanted
  try {
    if (wanted.configMap !== undefined) await createConfigMap(shell, workflow, wanted.configMap)
    const { pod, existed } = await create(shell, workflow, wanted.pod)
    shell.cluster.noteCreated(pod)
    shell.log.info(existed ? 'found a pod of an earlier controller' : 'created a pod', {
      workflow: workflow.metadata.name,
      node: nodeId,
      pod: pod.metadata.name,
    })
    return { nodeId, pod, existed }
  } catch (error) {
    if (shell.signal.aborted) throw error
    return {
      nodeId,
      failure: { message: errorMessage(error), retryable: isTransient(error) || isBeingDeleted(error) },
    }
  }
}

async function create(
  shell: Shell,
  workflow: Workflow,
  wanted: Pod,
): Promise<{ readonly pod: Pod; readonly existed: boolean }> {
  const namespace = workflow.metadata.namespace ?? ''
  try {
    const pod = await shell.api.create<Pod>(resources.pods, namespace, wanted, { signal: shell.signal })
    return { pod, existed: false }
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    const existing = await shell.api.get<Pod>(resources.pods, namespace, wanted.metadata.name ?? '', {
      signal: shell.signal,
    })
    if (!isOwned(existing, workflow)) throw new ForeignPod(existing, workflow)
    if (existing.metadata.deletionTimestamp !== undefined) throw new PodBeingDeleted(existing)
    return { pod: existing, existed: true }
  }
}

async function createConfigMap(shell: Shell, workflow: Workflow, configMap: ConfigMap): Promise<void> {
  try {
    await shell.api.create<ConfigMap>(resources.configMaps, workflow.metadata.namespace ?? '', configMap, {
      signal: shell.signal,
    })
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
}

function isOwned(pod: Pod, workflow: Workflow): boolean {
  return pod.metadata.ownerReferences?.some(({ uid }) => uid === workflow.metadata.uid) ?? false
}

class ForeignPod extends Error {
  constructor(pod: Pod, workflow: Workflow) {
    super(
      `pod ${pod.metadata.name} exists already and does not belong to workflow ${workflow.metadata.name}: delete it or rename the workflow`,
    )
  }
}

class PodBeingDeleted extends Error {
  constructor(pod: Pod) {
    super(`pod ${pod.metadata.name} of an earlier attempt is still being deleted`)
  }
}

function isBeingDeleted(error: unknown): boolean {
  return error instanceof PodBeingDeleted
}
