// Executes one template as one node: the recursion that walks the whole workflow in every pass.

import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import { executeDag } from './execute-dag.ts'
import { executePod } from './execute-pod.ts'
import { executeSteps } from './execute-steps.ts'
import { initializeNode, markNode } from './mark-node.ts'
import { isFulfilled } from './node-phase.ts'
import { processArguments } from './process-arguments.ts'
import { podNameOf, type TemplateCall } from './template-call.ts'
import type { Operation } from './operation.ts'
import type { NodeStatus, Template } from '../../spec/types.ts'

/** Templates within templates (spec controller 1.3). */
const deepest = 100

/**
 * Starts the node of the call or brings it forward, and returns it.
 *
 * @throws what is wrong with the call, after the node was marked with it: the caller decides what that means for itself.
 */
export function executeTemplate(operation: Operation, call: TemplateCall): NodeStatus {
  const known = operation.nodes.byName(call.nodeName)
  if (known !== undefined && (isFulfilled(known) || isUnderWay(operation, known))) return known
  if (operation.depth >= deepest) {
    throw new ArgoError('Maximum recursion depth exceeded', {
      code: 'ERR_BAD_REQUEST',
      data: { depth: deepest },
    })
  }
  operation.depth++
  try {
    return executeOpenTemplate(operation, call, known)
  } finally {
    operation.depth--
  }
}

/** A pod does the rest: in a wide loop this spares the templates of all that run. */
function isUnderWay({ input }: Operation, node: NodeStatus): boolean {
  return node.type === 'Pod' && (node.phase !== 'Pending' || input.pods.has(node.id))
}

function executeOpenTemplate(
  operation: Operation,
  call: TemplateCall,
  known: NodeStatus | undefined,
): NodeStatus {
  let template: Template
  try {
    template = prepareTemplate(operation, call)
  } catch (error) {
    markBroken(operation, call, known, errorMessage(error))
    throw error
  }
  try {
    if (template.container !== undefined || template.script !== undefined) {
      return executePod(operation, { ...call, template, known })
    }
    if (template.steps !== undefined) return executeSteps(operation, { ...call, template, known })
    if (template.dag !== undefined) return executeDag(operation, { ...call, template, known })
    throw new ArgoError(`Template '${call.templateName}' missing specification`, { code: 'ERR_BAD_REQUEST' })
  } catch (error) {
    markBroken(operation, call, operation.nodes.byName(call.nodeName), errorMessage(error))
    throw error
  }
}

function prepareTemplate(operation: Operation, call: TemplateCall): Template {
  const template = operation.templates.get(call.templateName)
  if (template === undefined) {
    throw new ArgoError(`template ${call.templateName} not found in workflow ${operation.name}`, {
      code: 'ERR_NOT_FOUND',
    })
  }
  const isPod = template.container !== undefined || template.script !== undefined
  return processArguments({
    template,
    arguments: call.arguments,
    globals: operation.globals,
    locals: {
      'node.name': call.nodeName,
      ...(isPod && { 'pod.name': podNameOf(operation, call) }),
      ...memberName(operation, call),
    },
    configMaps: operation.input.parameterConfigMap,
  })
}

/** `steps.name` or `tasks.name`: how the enclosing template calls this node. */
function memberName(operation: Operation, { nodeName, surroundings }: TemplateCall): Record<string, string> {
  const { boundaryId, boundaryTemplate } = surroundings
  const boundary = boundaryId === undefined ? undefined : operation.nodes.get(boundaryId)
  if (boundary === undefined || boundaryTemplate === undefined) return {}
  const name = nodeName.slice(boundary.name.length).replace(/^(\[\d+\])?\./, '')
  return boundaryTemplate.dag === undefined ? { 'steps.name': name } : { 'tasks.name': name }
}

function markBroken(
  operation: Operation,
  call: TemplateCall,
  node: NodeStatus | undefined,
  message: string,
): void {
  if (node !== undefined) {
    markNode(operation, node.name, 'Error', message)
    return
  }
  initializeNode(operation, {
    name: call.nodeName,
    type: 'Skipped',
    phase: 'Error',
    templateName: call.templateName,
    boundaryId: call.surroundings.boundaryId,
    nodeFlag: call.surroundings.nodeFlag,
    message,
  })
}
