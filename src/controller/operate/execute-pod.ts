// The node of a container or script template: one pod, asked for until it exists.

import { createHash } from 'node:crypto'
import { buildPod } from '../pod/build-pod.ts'
import { includesResult } from './includes-result.ts'
import { annotations } from '../../pod/names.ts'
import { initializeTemplateNode, markNode } from './mark-node.ts'
import { deadlineIsOver, mayExecute, wakeUp, type Operation } from './operation.ts'
import { parseProgress } from './progress.ts'
import { podNameOf, type PreparedCall } from './template-call.ts'
import type { PodInput } from '../pod/pod-input.ts'
import type { ArtifactRepository, JsonObject, NodeStatus } from '../../spec/types.ts'

/** The status is written between the pods of a wide loop, so that people see it grow. */
const mostPodsPerPass = 500

/** @throws ArgoError from the pod builder: the template cannot become a pod. */
export function executePod(operation: Operation, call: PreparedCall): NodeStatus {
  const { nodeName, surroundings, template } = call
  const node =
    call.known ?? initializeTemplateNode(operation, nodeName, 'Pod', 'Pending', template, surroundings)
  if (operation.input.pods.has(node.id)) {
    // Created by a controller that did not live to write it down. The pod may have ended long ago, and then no event
    // will ever tell about it.
    wakeUp(operation, 0)
    return node
  }
  if (!mayExecute(operation, surroundings.onExit)) {
    return markNode(
      operation,
      nodeName,
      'Failed',
      `workflow shutdown with strategy: ${operation.spec.shutdown ?? ''}`,
    )
  }
  if (!surroundings.onExit && deadlineIsOver(operation)) {
    return markNode(operation, nodeName, 'Failed', 'Step exceeded its deadline')
  }
  const failure = operation.input.podFailures?.get(node.id)
  if (failure !== undefined) {
    return markNode(operation, nodeName, failure.retryable ? 'Pending' : 'Error', failure.message)
  }
  if (operation.effects.podsToCreate.size >= mostPodsPerPass) {
    wakeUp(operation, 0)
    return node
  }
  const built = buildPod(podInput(operation, call, node))
  if (built === undefined) return markNode(operation, nodeName, 'Failed', 'Step exceeded its deadline')
  operation.effects.podsToCreate.set(node.id, { ...built, nodeId: node.id })
  // A template may say how much work it is, before its pod reports for itself.
  const promised = built.pod.metadata.annotations?.[annotations.progress]
  if (parseProgress(promised) === undefined) return node
  return operation.nodes.update(node.id, { progress: promised })
}

function podInput(operation: Operation, call: PreparedCall, node: NodeStatus): PodInput {
  const { config, executor, now } = operation.input
  const { boundaryTemplate, onExit, siblings } = call.surroundings
  const repository = artifactRepository(operation)
  return {
    workflow: operation.workflow,
    template: call.template,
    ...(boundaryTemplate !== undefined && { boundaryTemplate }),
    nodeId: node.id,
    nodeName: node.name,
    podName: podNameOf(operation, call),
    onExit,
    includeScriptOutput: includesResult(node.displayName, boundaryTemplate),
    ...(operation.deadline !== undefined && { workflowDeadline: operation.deadline }),
    config,
    executorImage: executor.image,
    ...(executor.imagePullPolicy !== undefined && { executorImagePullPolicy: executor.imagePullPolicy }),
    executorLog: executor.log,
    ...(repository !== undefined && { artifactRepository: repository }),
    globals: operation.globals,
    ...(siblings !== undefined && { siblings }),
    trace: traceOf(operation.workflow.metadata.uid ?? operation.name, node.id),
    now,
  }
}

function artifactRepository(operation: Operation): ArtifactRepository | undefined {
  const reference = operation.status.artifactRepositoryRef as
    (JsonObject & { artifactRepository?: unknown }) | undefined
  return reference?.artifactRepository as ArtifactRepository | undefined
}

/** One trace for each workflow, one span for each node: the same after a restart, since nothing is drawn by chance. */
function traceOf(workflowUid: string, nodeId: string): { traceId: string; spanId: string } {
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
  return {
    traceId: digest(workflowUid).slice(0, 32),
    spanId: digest(`${workflowUid}/${nodeId}`).slice(0, 16),
  }
}
