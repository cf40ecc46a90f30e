// Brings one workflow forward: a pass, its pods, one write, and what may only happen after the write.

import { isConflict, isNotFound, kubeStatusOf } from '../kube/kube-error.ts'
import { resources, type KubeObject } from '../kube/api.ts'
import { runPass, type Pass } from './run-pass.ts'
import { settleWorkflow } from './settle-workflow.ts'
import { tooLarge } from './operate/failed-pass.ts'
import type { Shell } from './shell.ts'
import type { Workflow } from '../spec/types.ts'

/** A pass is repeated when somebody else wrote the workflow meanwhile. */
const mostConflicts = 5
/** A workflow that nothing happens to is looked at again all the same. */
const safetyNetMs = 20 * 60_000

/** @throws errors of the API: the caller tries again later. */
export async function processWorkflow(shell: Shell, key: string): Promise<void> {
  let workflow = shell.cluster.workflow(key)
  for (let attempt = 1; workflow !== undefined; attempt++) {
    if (workflow.metadata.deletionTimestamp !== undefined) return
    const pass = await runPass(shell, key, workflow)
    try {
      await finishPass(shell, key, pass)
      return
    } catch (error) {
      if (isNotFound(error)) return
      if (!isConflict(error) || attempt >= mostConflicts) throw error
      shell.log.debug('the workflow was written by somebody else, reading it again', { key, attempt })
      workflow = await readAgain(shell, workflow)
    }
  }
}

async function finishPass(shell: Shell, key: string, pass: Pass): Promise<void> {
  const { outcome } = pass
  const workflow = outcome.changed ? await write(shell, pass) : outcome.workflow
  shell.terminator.terminate(outcome.podsToTerminate)
  await settleWorkflow(shell, {
    key,
    workflow,
    pods: pass.pods,
    taskResults: pass.taskResults,
    fulfilled: outcome.fulfilled,
  })
  if (outcome.fulfilled) return
  shell.wakeUp(key, Math.min(outcome.wakeUpAfterMs ?? safetyNetMs, safetyNetMs))
}

/** The one write of a pass: the whole object, against the version that was read. */
async function write(shell: Shell, pass: Pass): Promise<Workflow> {
  const { metadata } = pass.outcome.workflow
  const namespace = metadata.namespace ?? ''
  let saved: Workflow
  try {
    saved = await put(shell, namespace, pass.outcome.workflow)
  } catch (error) {
    if (!isTooLarge(error)) throw error
    saved = await put(shell, namespace, tooLarge(pass.read, error, shell.now()))
  }
  shell.cluster.noteWritten(saved)
  if (saved.status?.phase !== pass.read.status?.phase) {
    const { phase, message, progress } = saved.status ?? {}
    shell.log.info('workflow changed its phase', {
      workflow: metadata.name,
      namespace,
      phase,
      ...(message !== undefined && { message }),
      ...(progress !== undefined && { progress }),
    })
  }
  return saved
}

function put(shell: Shell, namespace: string, workflow: Workflow): Promise<Workflow> {
  return shell.api.update<Workflow & KubeObject>(resources.workflows, namespace, workflow, {
    signal: shell.signal,
  })
}

function isTooLarge(error: unknown): boolean {
  const status = kubeStatusOf(error)
  return status?.code === 413 || /request is too large|request entity too large/i.test(status?.message ?? '')
}

async function readAgain(shell: Shell, workflow: Workflow): Promise<Workflow | undefined> {
  const { namespace = '', name = '', uid } = workflow.metadata
  try {
    const fresh = await shell.api.get<Workflow & KubeObject>(resources.workflows, namespace, name, {
      signal: shell.signal,
    })
    return fresh.metadata.uid === uid ? fresh : undefined
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
