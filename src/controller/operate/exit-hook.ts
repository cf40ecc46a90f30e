// `onExit` of a step or task: a node of its own that runs after the step has ended, however it ended.

import { isFulfilled } from './node-phase.ts'
import { mayExecute, type Operation } from './operation.ts'
import type { NodeStatus, Template } from '../../spec/types.ts'

export interface ExitHook {
  readonly templateName: string
  readonly parent: NodeStatus
  readonly boundaryId: string
  readonly boundaryTemplate: Template
}

/** Whether the step has nothing more to do. A hook that fails does not fail its step (spec controller 4.5). */
export function runExitHook(operation: Operation, hook: ExitHook): boolean {
  if (!mayExecute(operation, true)) return true
  const { nodes, spec } = operation
  const nodeName = `${hook.parent.name}.onExit`
  const node = operation.execute(operation, {
    nodeName,
    templateName: hook.templateName,
    arguments: spec.arguments ?? {},
    surroundings: {
      boundaryId: hook.boundaryId,
      boundaryTemplate: hook.boundaryTemplate,
      onExit: true,
      nodeFlag: { hooked: true },
    },
  })
  nodes.addChild(hook.parent.id, node.id)
  return isFulfilled(node)
}
