// Ends of a workflow that no pass can reach: the operator itself failed, or the status has become too large to be written.

import { errorMessage } from '../../errors/argo-error.ts'
import { labels } from '../../pod/names.ts'
import { timestamp } from './operation.ts'
import type { ReconcileInput, ReconcileOutcome } from './reconcile-types.ts'
import type { Workflow } from '../../spec/types.ts'

export function failedPass(input: ReconcileInput, error: unknown): ReconcileOutcome {
  return {
    workflow: ended(
      input.workflow,
      `the controller could not work on the workflow: ${errorMessage(error)}`,
      input.now,
    ),
    changed: true,
    podsToCreate: [],
    podsToTerminate: [],
    podsToLookUp: [],
    podsToExplain: [],
    taskResultsToLookUp: [],
    fulfilled: true,
  }
}

/** The status as it was read, which fits, with the end put on it. */
export function tooLarge(read: Workflow, error: unknown, now: Date): Workflow {
  return ended(read, `the status is too large to be stored: ${errorMessage(error)}`, now)
}

function ended(workflow: Workflow, message: string, now: Date): Workflow {
  const { metadata, status = {} } = workflow
  return {
    ...workflow,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [labels.phase]: 'Error', [labels.completed]: 'true' },
    },
    status: {
      ...status,
      phase: 'Error',
      message,
      startedAt: status.startedAt ?? timestamp(now),
      finishedAt: timestamp(now),
      conditions: [
        ...(status.conditions ?? []).filter(({ type }) => type !== 'Completed'),
        { type: 'Completed', status: 'True' },
      ],
    },
  }
}
