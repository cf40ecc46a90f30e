// Brings the workflows of killed runs to their end, so that nobody waits for them: the next command does it.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../../errors/argo-error.ts'
import { resources, type KubeApi, type KubeObject } from '../../kube/api.ts'
import { labels } from '../../pod/names.ts'
import type { Workflow } from '../../spec/types.ts'
import { podResource, type Pod } from '../engine/pod.ts'
import { endedStatus } from './ended-status.ts'
import { killedRuns, removeNote, type RunNote } from './running-runs.ts'
import type { StateFolder } from './state-folder.ts'

const killedMessage = 'argo run was killed'

export async function buryKilledRuns(
  state: StateFolder,
  api: KubeApi,
  namespace: string,
): Promise<readonly string[]> {
  const buried: string[] = []
  for (const note of killedRuns(state)) {
    if (await buryWorkflow(note, api, namespace)) buried.push(note.workflow)
    await buryPods(note, state, api, namespace)
    removeNote(state, note)
  }
  return buried
}

async function buryWorkflow(note: RunNote, api: KubeApi, namespace: string): Promise<boolean> {
  try {
    const workflow = await api.get<Workflow & KubeObject>(resources.workflows, namespace, note.workflow)
    if (workflow.metadata.uid !== note.uid || isOver(workflow.status?.phase)) return false
    const { metadata } = workflow
    const marks = { ...metadata.labels, [labels.phase]: 'Error', [labels.completed]: 'true' }
    await api.update(resources.workflows, namespace, {
      ...workflow,
      metadata: { ...metadata, labels: marks },
      status: endedStatus(workflow.status ?? {}, killedMessage),
    })
    return true
  } catch (error) {
    // Gone, or another command was quicker.
    if (hasCode(error, 'ERR_NOT_FOUND') || hasCode(error, 'ERR_CONFLICT')) return false
    throw error
  }
}

async function buryPods(note: RunNote, state: StateFolder, api: KubeApi, namespace: string): Promise<void> {
  const { items } = await api.list<Pod>(podResource, namespace, {
    labelSelector: `${labels.workflow}=${note.workflow}`,
  })
  for (const { metadata, status } of items) {
    if (metadata.uid !== undefined) rmSync(join(state.pods, metadata.uid), { recursive: true, force: true })
    if (isOver(status?.phase)) continue
    const patch = { status: { phase: 'Failed', reason: 'Killed', message: killedMessage } }
    await api
      .patch(podResource, namespace, metadata.name ?? '', 'merge', patch, { subresource: 'status' })
      .catch(() => undefined)
  }
}

function isOver(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error'
}
