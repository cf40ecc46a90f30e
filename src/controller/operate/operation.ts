// The state of one pass over one workflow: what was read, what has changed so far, what is to be done afterwards.

import type { NodeTable } from './node-table.ts'
import type { PodToCreate, ReconcileInput } from './reconcile-types.ts'
import type { TemplateCall } from './template-call.ts'
import type { Pod } from '../pod/pod-types.ts'
import type { NodeStatus, Template, Workflow, WorkflowSpec, WorkflowStatus } from '../../spec/types.ts'

export type StatusDraft = { -readonly [K in keyof WorkflowStatus]: WorkflowStatus[K] }

export interface Operation {
  readonly input: ReconcileInput
  /** Name of the workflow: also that of its root node. */
  readonly name: string
  /** The decoded workflow with global tags substituted outside of the templates. */
  readonly workflow: Workflow
  readonly spec: WorkflowSpec
  readonly templates: ReadonlyMap<string, Template>
  readonly nodes: NodeTable
  /** Status without its nodes. */
  readonly status: StatusDraft
  readonly labels: Record<string, string>
  readonly annotations: Record<string, string>
  /** Tags that every template of the workflow may use; outputs with a global name join them on the way. */
  readonly globals: Record<string, string>
  /** End of `activeDeadlineSeconds`, once the workflow has started. */
  readonly deadline?: Date
  readonly effects: Effects
  /** Executes a template as a node. It stands here because templates call each other. */
  readonly execute: (operation: Operation, call: TemplateCall) => NodeStatus
  /** Templates within templates, counted while the tree is walked. */
  depth: number
}

interface Effects {
  readonly podsToCreate: Map<string, PodToCreate>
  readonly podsToTerminate: Map<string, Pod>
  /** Pod names by node id. */
  readonly podsToLookUp: Map<string, string>
  readonly podsToExplain: Map<string, Pod>
  readonly taskResultsToLookUp: Set<string>
  wakeUpAfterMs: number | undefined
}

export function wakeUp(operation: Operation, afterMs: number): void {
  const { effects } = operation
  effects.wakeUpAfterMs = Math.max(0, Math.min(effects.wakeUpAfterMs ?? Infinity, afterMs))
}

/** Time of this pass as the API writes times: RFC 3339 in UTC, whole seconds. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

/** Whether pods may be started under the workflow's shutdown strategy. */
export function mayExecute(operation: Operation, onExit: boolean): boolean {
  const { shutdown } = operation.spec
  if (!shutdown) return true
  return shutdown === 'Stop' && onExit
}

export function deadlineIsOver(operation: Operation): boolean {
  return operation.deadline !== undefined && operation.input.now > operation.deadline
}
