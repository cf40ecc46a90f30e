// What a pod tells about its node: the new state of the node, for the reconcile of a workflow.

import { annotations, containers } from '../../pod/names.ts'
import type { NodePhase, NodeStatus, Template } from '../../spec/types.ts'
import type { Pod } from '../pod/pod-types.ts'
import { failedReason } from './failed-reason.ts'
import { exitCodeOf, finishedAtOf } from './pod-end.ts'
import { parseProgress } from './progress.ts'
import { pendingReason } from './pending-reason.ts'

export interface NodeContext {
  /** The template of the node, when it is known: decides whether a succeeded pod still owes outputs. */
  readonly template?: Template
  /** End of a node whose pod does not say when it ended. */
  readonly now?: Date
}

type Seen = { readonly phase?: NodePhase; readonly message?: string }

/**
 * The node after looking at its pod, or undefined when nothing has changed (spec controller 1.4, executor 1.13).
 * `node.outputs` must already hold what the task result reported. Sets phase, message, hostNodeName, progress,
 * outputs.exitCode and, for a node that ends here, finishedAt (RFC 3339, the end of the last container).
 */
export function nodeFromPod(pod: Pod, node: NodeStatus, context: NodeContext = {}): NodeStatus | undefined {
  const seen = held(pod, node, context.template, seenIn(pod, node))
  const phase = seen.phase
  const message =
    node.phase === 'Pending' && phase !== 'Pending' && seen.message === node.message
      ? undefined
      : seen.message
  const changed = phase !== node.phase
  const outputs = changed || !hasEnded(node.phase) ? withExitCode(pod, node.outputs) : node.outputs
  const finishedAt =
    hasEnded(phase) && !node.finishedAt ? finishedAtOf(pod, context.now ?? new Date()) : node.finishedAt
  const next = withFields(node, {
    phase,
    message: message || undefined,
    hostNodeName: pod.spec.nodeName || undefined,
    progress:
      parseProgress(pod.metadata.annotations?.[annotations.progress]) ??
      parseProgress(node.progress) ??
      '0/1',
    outputs,
    finishedAt,
  })
  return sameNode(node, next) ? undefined : next
}

/** Phase and message by the pod's phase; the old message stays where the pod has nothing to say. */
function seenIn(pod: Pod, node: NodeStatus): Seen {
  const old = node.message === undefined ? {} : { message: node.message }
  switch (pod.status?.phase) {
    case 'Pending':
      return { phase: 'Pending', message: pendingReason(pod) }
    case 'Running':
      return { phase: 'Running', ...old }
    case 'Succeeded':
      return { phase: 'Succeeded', ...old }
    case 'Failed':
      return failedReason(pod)
    default:
      return {
        phase: 'Error',
        message: `Unexpected pod phase for ${pod.metadata.name ?? ''}: ${pod.status?.phase ?? ''}`,
      }
  }
}

/** A node does not end before its outputs are there: not while wait still works, nor while the result is on its way. */
function held(pod: Pod, node: NodeStatus, template: Template | undefined, seen: Seen): Seen {
  if (!hasEnded(seen.phase) || pod.status?.phase === 'Failed') return seen
  const waits = pod.status?.containerStatuses?.some(
    ({ name, state }) => name === containers.wait && state?.running !== undefined,
  )
  const owes = seen.phase === 'Succeeded' && template !== undefined && owesOutputs(template, node)
  if (!waits && !owes) return seen
  return node.phase === undefined ? { message: seen.message ?? '' } : { ...seen, phase: node.phase }
}

function owesOutputs({ outputs }: Template, node: NodeStatus): boolean {
  const expected =
    outputs?.result !== undefined ||
    (outputs?.parameters ?? []).length > 0 ||
    (outputs?.artifacts ?? []).some((artifact) => artifact.optional !== true)
  const { parameters = [], artifacts = [], result } = node.outputs ?? {}
  return expected && parameters.length === 0 && artifacts.length === 0 && result === undefined
}

function withExitCode(pod: Pod, outputs: NodeStatus['outputs']): NodeStatus['outputs'] {
  const exitCode = exitCodeOf(pod)
  return exitCode === undefined ? outputs : { ...outputs, exitCode: String(exitCode) }
}

function hasEnded(phase: NodePhase | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error'
}

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined }

/** The node with these fields; undefined takes a field away. */
function withFields(node: NodeStatus, fields: Optional<NodeStatus>): NodeStatus {
  const entries = Object.entries({ ...node, ...fields }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as unknown as NodeStatus
}

function sameNode(a: NodeStatus, b: NodeStatus): boolean {
  return (
    a.phase === b.phase &&
    (a.message ?? '') === (b.message ?? '') &&
    (a.hostNodeName ?? '') === (b.hostNodeName ?? '') &&
    a.progress === b.progress &&
    (a.finishedAt ?? '') === (b.finishedAt ?? '') &&
    a.outputs?.exitCode === b.outputs?.exitCode
  )
}
