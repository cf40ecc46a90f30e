// Opens a pass: reads the workflow, gathers its tags, and refuses what cannot be run before any pod exists.

import { errorMessage } from '../../errors/argo-error.ts'
import { checkWorkflow } from './check-workflow.ts'
import { globalTags } from './global-tags.ts'
import { finishWorkflow } from './mark-workflow.ts'
import { NodeTable } from './node-table.ts'
import { substituteSpec } from './substitute-spec.ts'
import type { Operation, StatusDraft } from './operation.ts'
import type { ReconcileInput } from './reconcile-types.ts'
import type { Workflow, WorkflowPhase } from '../../spec/types.ts'

export type Created =
  | { readonly operation: Operation; readonly problem?: undefined }
  | {
      readonly operation: Operation
      readonly problem: { readonly phase: WorkflowPhase; readonly message: string }
    }

export function createOperation(input: ReconcileInput, execute: Operation['execute']): Created {
  const starts = !input.workflow.status?.phase
  const { workflow, problem } = checkWorkflow(input.workflow, input.config.workflowDefaults, starts)
  const operation = open(input, workflow, execute)
  if (problem !== undefined) return { operation, problem: { phase: 'Failed', message: problem } }
  try {
    Object.assign(
      operation.globals,
      globalTags({
        metadata: { ...workflow.metadata, labels: operation.labels, annotations: operation.annotations },
        spec: workflow.spec,
        status: operation.status,
        configMaps: input.parameterConfigMap,
        now: input.now,
      }),
    )
  } catch (error) {
    return {
      operation,
      problem: { phase: 'Failed', message: `failed to set global parameters: ${errorMessage(error)}` },
    }
  }
  if (input.artifactRepositoryProblem !== undefined) {
    return { operation, problem: { phase: 'Error', message: input.artifactRepositoryProblem } }
  }
  try {
    return { operation: withSpec(operation, workflow) }
  } catch (error) {
    return { operation, problem: { phase: 'Error', message: errorMessage(error) } }
  }
}

function open(input: ReconcileInput, workflow: Workflow, execute: Operation['execute']): Operation {
  const { status = {}, metadata } = input.workflow
  const { nodes = {}, ...statusWithoutNodes } = status
  const draft: StatusDraft = { ...statusWithoutNodes }
  return {
    input,
    name: metadata.name ?? '',
    workflow,
    spec: workflow.spec,
    templates: new Map((workflow.spec.templates ?? []).map((template) => [template.name ?? '', template])),
    nodes: new NodeTable(metadata.name ?? '', nodes),
    status: draft,
    labels: { ...metadata.labels },
    annotations: { ...metadata.annotations },
    globals: {},
    effects: {
      podsToCreate: new Map(),
      podsToTerminate: new Map(),
      podsToLookUp: new Map(),
      podsToExplain: new Map(),
      taskResultsToLookUp: new Set(),
      wakeUpAfterMs: undefined,
    },
    execute,
    depth: 0,
  }
}

function withSpec(operation: Operation, workflow: Workflow): Operation {
  const spec = substituteSpec(workflow.spec, operation.globals)
  const deadline = deadlineOf(operation, spec.activeDeadlineSeconds)
  return { ...operation, workflow: { ...workflow, spec }, spec, ...(deadline !== undefined && { deadline }) }
}

function deadlineOf(operation: Operation, seconds: number | undefined): Date | undefined {
  if (seconds === undefined) return undefined
  const { startedAt } = operation.status
  const start = startedAt ? Date.parse(startedAt) : Math.floor(operation.input.now.getTime() / 1000) * 1000
  return new Date(start + seconds * 1000)
}

/** Ends a workflow that cannot be run. */
export function refuse(created: Created): void {
  if (created.problem === undefined) return
  finishWorkflow(created.operation, created.problem.phase, created.problem.message)
}
