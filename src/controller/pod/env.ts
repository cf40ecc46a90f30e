// The environment that the controller gives to the containers of a pod: what executor and user programs find in it.

import { env } from '../../pod/names.ts'
import { progressFile } from '../../pod/paths.ts'
import type { Container, JsonObject } from '../../spec/types.ts'
import { deadlineText } from './deadline.ts'
import type { PodInput } from './pod-input.ts'

/** Both above zero: otherwise the executor would neither read nor report progress. */
const progressTicks = { patch: '1m0s', file: '3s' }

/** Of the executor's own containers, before the configuration's `executor.env` (spec executor 1.8). */
export function executorEnv({ workflow, config }: PodInput): readonly JsonObject[] {
  return [
    fieldOfPod(env.podName, 'metadata.name'),
    fieldOfPod(env.podUid, 'metadata.uid'),
    variable(env.workflowName, workflow.metadata.name ?? ''),
    variable(env.workflowUid, workflow.metadata.uid ?? ''),
    ...(config.instanceID ? [variable(env.instanceId, config.instanceID)] : []),
    ...(config.executor?.env ?? []),
  ]
}

/** The container with what every container gets after its own variables; `extra` follows its name. */
export function withStandardEnv(
  input: PodInput,
  container: Container,
  extra: readonly JsonObject[] = [],
): Container {
  return { ...container, env: [...(container.env ?? []), ...standardEnv(input, container.name ?? '', extra)] }
}

/** The init container with the text of the template in its place. */
export function withTemplate(container: Container, text: string): Container {
  const fill = (entry: JsonObject): JsonObject =>
    entry['name'] === env.template ? variable(env.template, text) : entry
  return { ...container, env: (container.env ?? []).map(fill) }
}

function standardEnv(
  input: PodInput,
  container: string,
  extra: readonly JsonObject[],
): readonly JsonObject[] {
  const { workflow, nodeId, includeScriptOutput, trace } = input
  const name = workflow.metadata.name ?? ''
  const namespace = workflow.metadata.namespace ?? ''
  return [
    variable(env.containerName, container),
    ...extra,
    variable(env.nodeId, nodeId),
    variable(env.includeScriptOutput, String(includeScriptOutput)),
    variable(env.deadline, deadlineText(input)),
    // parity: it is there a second time in the executor's containers.
    variable(env.workflowName, name),
    variable('TRACESTATE', `workflow=${namespace}/${name}`),
    variable('TRACEPARENT', `00-${trace.traceId}-${trace.spanId}-01`),
    variable(env.progressFile, progressFile),
    variable(env.progressPatchTick, progressTicks.patch),
    variable(env.progressFileTick, progressTicks.file),
  ]
}

/** An empty value is left out, as Kubernetes' own encoder does. */
export function variable(name: string, value: string): JsonObject {
  return value === '' ? { name } : { name, value }
}

function fieldOfPod(name: string, fieldPath: string): JsonObject {
  return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } }
}
