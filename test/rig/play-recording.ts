// Plays a recorded run against the operator: pods end as they did then, with the outputs that they had. What comes out
// are the pods that our controller asks for, and the status that it arrives at.

import { labels } from '../../src/pod/names.ts'
import type { BuiltPod } from '../../src/controller/pod/build-pod.ts'
import type { ConfigMap, ContainerStatus, Pod, PodStatus } from '../../src/controller/pod/pod-types.ts'
import { reconcile } from '../../src/controller/operate/reconcile.ts'
import type {
  ControllerConfig,
  NodeStatus,
  Outputs,
  Workflow,
  WorkflowTaskResult,
} from '../../src/spec/types.ts'
import { sentTemplate } from './corpus-pods.ts'

export interface Script {
  /** As it is created: with name, namespace and uid; `status.artifactRepositoryRef` tells the repository. */
  readonly workflow: Workflow
  /** The node that a pod makes when it ends; undefined for a pod that runs on. */
  readonly endOf: (nodeId: string, pod: Pod) => EndedNode | undefined
  readonly config: ControllerConfig
  readonly executorImage: string
  readonly parameterConfigMaps: ReadonlyMap<string, ConfigMap>
  readonly start: Date
}

export type EndedNode = Pick<NodeStatus, 'phase' | 'message' | 'outputs'>

export interface Played {
  readonly created: readonly BuiltPod[]
  readonly workflow: Workflow
}

/** More passes than any recorded run needs; a workflow that never settles is an error. */
const mostPasses = 2000

export function playRecording(script: Script): Played {
  let { workflow } = script
  const pods = new Map<string, Pod>()
  const created: BuiltPod[] = []
  const taskResults: WorkflowTaskResult[] = []
  for (let pass = 0; pass < mostPasses; pass++) {
    const outcome = reconcile({
      workflow,
      pods,
      taskResults,
      parameterConfigMap: (name) => script.parameterConfigMaps.get(name),
      config: script.config,
      executor: { image: script.executorImage, log: { level: 'info', format: 'text' } },
      now: new Date(script.start.getTime() + pass * 1000),
    })
    workflow = outcome.workflow
    for (const { nodeId, ...built } of outcome.podsToCreate) {
      created.push(built)
      pods.set(nodeId, { ...built.pod, status: { phase: 'Pending' } })
    }
    if (outcome.fulfilled) return { created, workflow }
    const ended = endNext(script, pods)
    if (ended !== undefined) taskResults.push(taskResult(workflow, ended))
    else if (!outcome.changed && outcome.podsToCreate.length === 0) return { created, workflow }
  }
  throw new Error(`the workflow ${workflow.metadata.name} does not settle`)
}

interface Ended {
  readonly id: string
  readonly pod: Pod
  readonly node: EndedNode
}

/** Ends the oldest pod that can. */
function endNext(script: Script, pods: Map<string, Pod>): Ended | undefined {
  for (const [id, pod] of pods) {
    const node = hasEnded(pod) ? undefined : script.endOf(id, pod)
    if (node === undefined || !canEnd(node)) continue
    pods.set(id, { ...pod, status: endOf(node) })
    return { id, pod, node }
  }
  return undefined
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

const exit = /^(\S+): (\S+) \(exit code (\d+)\)(?:: (.*))?$/s

/** Ends that the controller itself brought about are left to it. */
function canEnd(node: EndedNode): boolean {
  if (node.phase === 'Succeeded') return true
  if (node.phase !== 'Failed' && node.phase !== 'Error') return false
  return exit.test(node.message ?? '') || node.outputs?.exitCode !== undefined
}

function endOf({ phase, message = '', outputs }: EndedNode): PodStatus {
  const [, failed, reason, code, text] = exit.exec(message) ?? []
  const end = (name: string): ContainerStatus => {
    if (name === failed)
      return {
        name,
        state: { terminated: { exitCode: Number(code), reason: reason ?? '', message: text ?? '' } },
      }
    const exitCode = name === 'main' ? Number(outputs?.exitCode ?? 0) : 0
    return { name, state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } } }
  }
  const own = phase !== 'Succeeded' && failed === undefined ? { message } : {}
  return {
    phase: phase === 'Succeeded' ? 'Succeeded' : 'Failed',
    ...own,
    initContainerStatuses: [end('init')],
    containerStatuses: failed === 'init' ? [] : [end('wait'), end('main')],
  }
}

function taskResult(workflow: Workflow, { id, pod, node }: Ended): WorkflowTaskResult {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTaskResult',
    metadata: {
      name: id,
      labels: { [labels.workflow]: workflow.metadata.name ?? '', [labels.reportOutputsCompleted]: 'true' },
    },
    ...reported(node.outputs, pod),
  }
}

/** The exit code is not reported but seen; keys lie where this pod was told to put them. */
function reported(outputs: Outputs | undefined, pod: Pod): Pick<WorkflowTaskResult, 'outputs'> {
  const { exitCode: _seen, ...rest } = outputs ?? {}
  if (Object.keys(rest).length === 0) return {}
  const recordedPrefix = `${pod.metadata.labels?.[labels.workflow]}/${pod.metadata.name}/`
  const ownPrefix = `${sentTemplate(pod)?.archiveLocation?.s3?.key}/`
  return {
    outputs: JSON.parse(
      JSON.stringify(rest).replaceAll(`"key":"${recordedPrefix}`, `"key":"${ownPrefix}`),
    ) as Outputs,
  }
}
