// Brings nodes into being and from phase to phase.

import { timestamp, type Operation } from './operation.ts'
import { isEnd } from './node-phase.ts'
import type { Surroundings } from './template-call.ts'
import type { Inputs, NodePhase, NodeStatus, NodeType, Template } from '../../spec/types.ts'

export interface NewNode {
  readonly name: string
  readonly type: NodeType
  readonly phase: NodePhase
  /** Name of the template; groups have none. */
  readonly templateName?: string
  readonly boundaryId?: string | undefined
  readonly nodeFlag?: NodeStatus['nodeFlag']
  readonly message?: string
  readonly inputs?: Inputs
}

/** `[0].` or `.` between the name of a boundary and that of its member. */
const separator = /^(\[\d+\])?\./

export function initializeNode(operation: Operation, fresh: NewNode): NodeStatus {
  const { nodes } = operation
  const now = timestamp(operation.input.now)
  const boundary = fresh.boundaryId === undefined ? undefined : nodes.get(fresh.boundaryId)
  const node: NodeStatus = {
    id: nodes.idOf(fresh.name),
    name: fresh.name,
    displayName: displayName(fresh.name, boundary),
    type: fresh.type,
    ...(fresh.templateName !== undefined && { templateName: fresh.templateName }),
    templateScope: `local/${operation.name}`,
    phase: fresh.phase,
    ...(fresh.boundaryId !== undefined && { boundaryID: fresh.boundaryId }),
    ...(fresh.message && { message: fresh.message }),
    startedAt: now,
    finishedAt: null,
    ...(fresh.nodeFlag !== undefined && { nodeFlag: fresh.nodeFlag }),
    ...(hasInputs(fresh.inputs) && { inputs: fresh.inputs }),
    // Until its task result exists there is nothing to wait for.
    ...(fresh.type === 'Pod' && { taskResultSynced: true }),
  }
  return nodes.add(isEnd(node.phase) ? { ...node, finishedAt: now } : node)
}

/** A node that runs a template: it remembers the inputs it was given. */
export function initializeTemplateNode(
  operation: Operation,
  name: string,
  type: NodeType,
  phase: NodePhase,
  template: Template,
  surroundings: Surroundings,
): NodeStatus {
  return initializeNode(operation, {
    name,
    type,
    phase,
    ...(template.name !== undefined && { templateName: template.name }),
    boundaryId: surroundings.boundaryId,
    nodeFlag: surroundings.nodeFlag,
    ...(template.inputs !== undefined && { inputs: template.inputs }),
  })
}

/** Sets phase and message; a phase that is an end gives the node its end, even while its report is on its way. */
export function markNode(operation: Operation, name: string, phase: NodePhase, message?: string): NodeStatus {
  const { nodes } = operation
  const node = nodes.byName(name)
  if (node === undefined) throw new Error(`node ${name} cannot become ${phase}: it does not exist`)
  const marked = nodes.update(node.id, {
    phase,
    ...(message !== undefined && { message: message || undefined }),
  })
  if (!isEnd(phase) || marked.finishedAt) return marked
  return nodes.update(node.id, { finishedAt: timestamp(operation.input.now) })
}

function displayName(name: string, boundary: NodeStatus | undefined): string {
  if (boundary === undefined) return name
  const rest = name.startsWith(boundary.name) ? name.slice(boundary.name.length) : name
  return rest.replace(separator, '')
}

function hasInputs(inputs: Inputs | undefined): inputs is Inputs {
  return (inputs?.parameters?.length ?? 0) > 0 || (inputs?.artifacts?.length ?? 0) > 0
}
