// The node of a steps template: its groups one after the other, each open to the outputs of those before it.

import { executeStepGroup, type StepsContext } from './execute-step-group.ts'
import { publishGlobalOutputs } from './global-outputs.ts'
import { initializeNode, initializeTemplateNode, markNode } from './mark-node.ts'
import { isFailed, isFulfilled } from './node-phase.ts'
import { outboundNodes } from './outbound-nodes.ts'
import { createScope } from './scope.ts'
import { addLoop, addSibling } from './sibling-scope.ts'
import { templateOutputs } from './template-outputs.ts'
import type { Operation } from './operation.ts'
import type { PreparedCall } from './template-call.ts'
import type { NodeStatus } from '../../spec/types.ts'

/** Spec controller 3.2. @throws ArgoError when an output of the template cannot be resolved. */
export function executeSteps(operation: Operation, call: PreparedCall): NodeStatus {
  const { nodes } = operation
  const { nodeName, template, surroundings } = call
  const node =
    call.known ?? initializeTemplateNode(operation, nodeName, 'Steps', 'Running', template, surroundings)
  const groups = template.steps ?? []
  const context: StepsContext = {
    template,
    boundaryId: node.id,
    scope: createScope(template, operation.status.outputs),
    onExit: surroundings.onExit,
  }
  for (const [index, steps] of groups.entries()) {
    const groupName = `${nodeName}[${index}]`
    openGroup(operation, nodeName, index, node.id)
    const group = executeStepGroup(operation, context, groupName, steps)
    if (!isFulfilled(group)) return node
    if (isFailed(group.phase)) {
      setOutbound(operation, node.id, nodeName, groups.length)
      return markNode(operation, nodeName, 'Failed', group.message ?? '')
    }
    for (const step of steps) addToScope(operation, context, groupName, step.name ?? '')
  }
  setOutbound(operation, node.id, nodeName, groups.length)
  const outputs = templateOutputs(template, context.scope, operation.globals)
  if (outputs !== undefined) {
    publishGlobalOutputs(operation, outputs)
    nodes.update(node.id, { outputs })
  }
  return markNode(operation, nodeName, 'Succeeded')
}

/** Makes the node of a group and hangs it on the exits of the group before, or on the steps node itself. */
function openGroup(operation: Operation, nodeName: string, index: number, boundaryId: string): void {
  const { nodes } = operation
  const groupName = `${nodeName}[${index}]`
  if (nodes.byName(groupName) !== undefined) return
  const group = initializeNode(operation, {
    name: groupName,
    type: 'StepGroup',
    phase: 'Running',
    boundaryId,
    nodeFlag: {},
  })
  if (index === 0) {
    nodes.addChild(boundaryId, group.id)
    return
  }
  const previous = nodes.idOf(`${nodeName}[${index - 1}]`)
  const children = [...nodes.childrenOf(previous)]
  // A group without members (all loops were empty) is its own exit.
  if (children.length === 0) nodes.addChild(previous, group.id)
  for (const child of children) {
    for (const outbound of outboundNodes(nodes, child)) nodes.addChild(outbound, group.id)
  }
}

function addToScope(operation: Operation, context: StepsContext, groupName: string, stepName: string): void {
  const { nodes } = operation
  const prefix = `steps.${stepName}`
  const childName = `${groupName}.${stepName}`
  const child = nodes.byName(childName)
  if (child !== undefined) {
    addSibling(operation, context.scope, { prefix, node: child, emptyArtifacts: true })
    return
  }
  const members = nodes.inBoundary(context.boundaryId).filter(({ name }) => name.startsWith(`${childName}(`))
  addLoop(context.scope, prefix, members)
  context.scope.parameters[`${prefix}.id`] = nodes.idOf(groupName)
}

/** The exits of the last group that was opened are those of the steps node. */
function setOutbound(operation: Operation, id: string, nodeName: string, groups: number): void {
  const { nodes } = operation
  for (let index = groups - 1; index >= 0; index--) {
    const group = nodes.byName(`${nodeName}[${index}]`)
    if (group === undefined) continue
    const outbound = [...nodes.childrenOf(group.id)].flatMap((child) => outboundNodes(nodes, child))
    nodes.update(id, { outboundNodes: outbound.length === 0 ? undefined : outbound })
    return
  }
}
