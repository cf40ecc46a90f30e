// A call of a template: which one, as which node, with what arguments and in whose midst.

import { podName } from '../../pod/pod-name.ts'
import type { Variables } from '../../expression/replace-tags.ts'
import { annotations } from '../../pod/names.ts'
import type { Operation } from './operation.ts'
import type { Arguments, NodeStatus, Template } from '../../spec/types.ts'

export interface TemplateCall {
  readonly nodeName: string
  readonly templateName: string
  readonly arguments: Arguments
  readonly surroundings: Surroundings
}

/** Where a template is executed: what its node inherits. */
export interface Surroundings {
  /** Node id of the enclosing steps or dag node. */
  readonly boundaryId?: string
  readonly boundaryTemplate?: Template
  /** What the enclosing template can see: volumes of the workflow may refer to it too. */
  readonly siblings?: Variables
  /** The exit handler is exempt from deadline and Stop. */
  readonly onExit: boolean
  readonly nodeFlag?: NodeStatus['nodeFlag']
}

export interface PreparedCall extends TemplateCall {
  /** With its arguments and every tag in reach. */
  readonly template: Template
  /** The node of the call, if it exists already. */
  readonly known: NodeStatus | undefined
}

export function podNameOf(
  operation: Operation,
  call: Pick<TemplateCall, 'nodeName' | 'templateName'>,
): string {
  return podName(
    operation.name,
    call.templateName,
    call.nodeName,
    operation.annotations[annotations.podNameFormat],
  )
}
