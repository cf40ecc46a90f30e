// One group of a steps template: its steps side by side, loops unfolded, finished when all of them are.

import { errorMessage } from '../../errors/argo-error.ts'
import { evaluateWhen } from '../../expression/when.ts'
import { continues } from './continue-on.ts'
import { expandLoop, isLoop } from './expand-loop.ts'
import { runExitHook } from './exit-hook.ts'
import { initializeNode, markNode } from './mark-node.ts'
import { isCompleted, isFailed, isFulfilled } from './node-phase.ts'
import { resolveReferences } from './resolve-references.ts'
import type { Operation } from './operation.ts'
import type { Scope } from './scope.ts'
import type { NodePhase, NodeStatus, Template, WorkflowStep } from '../../spec/types.ts'

export interface StepsContext {
  readonly template: Template
  readonly boundaryId: string
  readonly scope: Scope
  readonly onExit: boolean
}

/** Spec controller 3.2. Trouble with a step ends the group, never the pass. */
export function executeStepGroup(
  operation: Operation,
  context: StepsContext,
  groupName: string,
  steps: readonly WorkflowStep[],
): NodeStatus {
  const group = operation.nodes.byName(groupName)
  if (group === undefined) throw new Error(`the group ${groupName} has no node`)
  if (isFulfilled(group)) return group
  let expanded: readonly WorkflowStep[]
  try {
    expanded = steps.flatMap((step) => expandStep(operation, context, groupName, step))
  } catch (error) {
    return markNode(operation, groupName, 'Error', errorMessage(error))
  }
  const byNode = new Map<string, WorkflowStep>()
  for (const step of expanded) {
    const broken = executeStep(operation, context, groupName, step, byNode)
    if (broken !== undefined) return markNode(operation, groupName, 'Error', broken)
  }
  return assessGroup(operation, context, group, byNode)
}

function expandStep(
  operation: Operation,
  context: StepsContext,
  groupName: string,
  step: WorkflowStep,
): readonly WorkflowStep[] {
  const variables = { ...operation.globals, ...context.scope.parameters }
  const resolved = withContext('failed to resolve references: ', () =>
    resolveReferences(step, context.scope, variables),
  )
  if (!isLoop(resolved)) return [resolved]
  const members = expandLoop(resolved, variables)
  if (members.length === 0) skip(operation, context, groupName, step, 'Skipped, empty params')
  return members
}

/** Returns what is wrong with the group when the step cannot be executed. */
function executeStep(
  operation: Operation,
  context: StepsContext,
  groupName: string,
  step: WorkflowStep,
  byNode: Map<string, WorkflowStep>,
): string | undefined {
  const { nodes } = operation
  const childName = `${groupName}.${step.name ?? ''}`
  const groupId = nodes.idOf(groupName)
  try {
    if (!evaluateWhen(step.when ?? '')) {
      skip(operation, context, groupName, step, `when '${step.when ?? ''}' evaluated false`)
      return undefined
    }
  } catch (error) {
    skip(operation, context, groupName, step, errorMessage(error), 'Error')
    return errorMessage(error)
  }
  try {
    const child = operation.execute(operation, {
      nodeName: childName,
      templateName: step.template ?? '',
      arguments: step.arguments ?? {},
      surroundings: {
        boundaryId: context.boundaryId,
        boundaryTemplate: context.template,
        onExit: context.onExit,
        siblings: context.scope.parameters,
      },
    })
    byNode.set(child.id, step)
    nodes.addChild(groupId, child.id)
    return undefined
  } catch (error) {
    nodes.addChild(groupId, nodes.idOf(childName))
    return `step group deemed errored due to child ${childName} error: ${errorMessage(error)}`
  }
}

function skip(
  operation: Operation,
  context: StepsContext,
  groupName: string,
  step: WorkflowStep,
  message: string,
  phase: NodePhase = 'Skipped',
): void {
  const { nodes } = operation
  const name = `${groupName}.${step.name ?? ''}`
  if (nodes.byName(name) !== undefined) return
  const node = initializeNode(operation, {
    name,
    type: 'Skipped',
    phase,
    ...(step.template !== undefined && { templateName: step.template }),
    boundaryId: context.boundaryId,
    nodeFlag: {},
    message,
  })
  nodes.addChild(nodes.idOf(groupName), node.id)
}

function assessGroup(
  operation: Operation,
  context: StepsContext,
  group: NodeStatus,
  byNode: ReadonlyMap<string, WorkflowStep>,
): NodeStatus {
  const { nodes } = operation
  const children = [...nodes.childrenOf(group.id)].flatMap((id) => nodes.get(id) ?? [])
  // deviates: a group without steps (`[]`) has nothing to wait for and ends here; Argo's stays Running for ever.
  let completed = true
  for (const child of children) {
    if (!isFulfilled(child)) completed = false
    else if (isCompleted(child) && !exitHookIsDone(operation, context, child, byNode.get(child.id)))
      completed = false
  }
  if (!completed) return group
  const failed = children.find(
    ({ id, phase }) => isFailed(phase) && !continues(byNode.get(id)?.continueOn, phase),
  )
  if (failed !== undefined) return markNode(operation, group.name, 'Failed', `child '${failed.id}' failed`)
  return markNode(operation, group.name, 'Succeeded')
}

function exitHookIsDone(
  operation: Operation,
  context: StepsContext,
  child: NodeStatus,
  step: WorkflowStep | undefined,
): boolean {
  if (!step?.onExit) return true
  const { boundaryId, template } = context
  return runExitHook(operation, {
    templateName: step.onExit,
    parent: child,
    boundaryId,
    boundaryTemplate: template,
  })
}

function withContext<T>(prefix: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Error(`${prefix}${errorMessage(error)}`, { cause: error })
  }
}
