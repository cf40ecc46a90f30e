// A pass with its questions answered: pods that it wants are created, pods and ConfigMaps that it misses are asked for.

import { Answers } from './answers.ts'
import { failedPass } from './operate/failed-pass.ts'
import { reconcile } from './operate/reconcile.ts'
import { resolveArtifactRepository } from './resolve-artifact-repository.ts'
import type { ReconcileInput, ReconcileOutcome } from './operate/reconcile-types.ts'
import type { Pod } from './pod/pod-types.ts'
import type { Shell } from './shell.ts'
import type { Workflow, WorkflowTaskResult } from '../spec/types.ts'

export interface Pass {
  /** The workflow as it was before. */
  readonly read: Workflow
  readonly outcome: ReconcileOutcome
  readonly pods: ReadonlyMap<string, Pod>
  readonly taskResults: readonly WorkflowTaskResult[]
}

/** Answers lead to new questions only a few times: pods that are created may fail, and that may end a step. */
const mostRounds = 8

export async function runPass(shell: Shell, key: string, workflow: Workflow): Promise<Pass> {
  const answers = new Answers(shell, key, workflow)
  const repository = workflow.status?.phase ? {} : await resolveArtifactRepository(shell, workflow)
  for (let round = 1; ; round++) {
    const input: ReconcileInput = {
      workflow,
      ...answers.known(),
      ...repository,
      config: shell.config,
      executor: shell.executor,
      now: shell.now(),
    }
    const outcome = attempt(shell, input)
    const again = await answers.find(outcome)
    if (!again || round >= mostRounds) return { read: workflow, outcome, ...answers.known() }
  }
}

/** A mistake of ours must end the workflow and not the controller. */
function attempt(shell: Shell, input: ReconcileInput): ReconcileOutcome {
  try {
    return reconcile(input)
  } catch (error) {
    const { name, namespace } = input.workflow.metadata
    const stack = error instanceof Error ? error.stack : String(error)
    shell.log.error('a pass failed, the workflow ends in Error', { workflow: name, namespace, stack })
    return failedPass(input, error)
  }
}
