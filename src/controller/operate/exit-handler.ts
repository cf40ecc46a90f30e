// `onExit` of the workflow: a node that runs after the entrypoint has ended, unless everything is being terminated.

import { goJson } from '../../expression/go-json.ts'
import { durationText } from './global-tags.ts'
import { isFailed } from './node-phase.ts'
import { mayExecute, type Operation } from './operation.ts'
import { podNameOf } from './template-call.ts'
import type { NodeStatus } from '../../spec/types.ts'

/** The node of the exit handler; undefined when there is none to run. @throws what executing it throws. */
export function executeExitHandler(operation: Operation): NodeStatus | undefined {
  const { spec, name } = operation
  if (!spec.onExit || !mayExecute(operation, true)) return undefined
  return operation.execute(operation, {
    nodeName: `${name}.onExit`,
    templateName: spec.onExit,
    arguments: spec.arguments ?? {},
    surroundings: { onExit: true, nodeFlag: { hooked: true } },
  })
}

/** What the exit handler wants to know: how the entrypoint ended and what went wrong on the way. */
export function setExitTags(operation: Operation, entry: NodeStatus): void {
  const { globals, status, input } = operation
  globals['workflow.status'] =
    entry.phase === 'Skipped' || entry.phase === 'Omitted' ? 'Succeeded' : (entry.phase ?? '')
  globals['workflow.failures'] = goQuoted(goJson(failures(operation)))
  globals['workflow.duration'] = durationText(status.startedAt, input.now)
}

function failures(operation: Operation): readonly object[] | null {
  const failed = operation.nodes.list().filter(({ type, phase }) => type === 'Pod' && isFailed(phase))
  if (failed.length === 0) return null
  return failed.map((node) => ({
    displayName: node.displayName,
    message: node.message ?? '',
    templateName: node.templateName ?? '',
    phase: node.phase,
    podName: podNameOf(operation, { nodeName: node.name, templateName: node.templateName ?? '' }),
    finishedAt: node.finishedAt ?? null,
  }))
}

/** parity: the list is a quoted text, so that it can stand in a shell command. */
function goQuoted(json: string): string {
  return JSON.stringify(json)
}
