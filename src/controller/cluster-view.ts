// What the controller knows of the cluster: live copies of workflows, pods, reports and ConfigMaps, and what it has
// itself written a moment ago.

import { resources, type KubeApi, type KubeObject } from '../kube/api.ts'
import { startInformer, type Informer } from '../kube/informer.ts'
import { annotations, labels } from '../pod/names.ts'
import { hasEnded } from './operate/control-pods.ts'
import { CreatedPods } from './created-pods.ts'
import type { Logger } from '../log/logger.ts'
import type { ConfigMap, Pod } from './pod/pod-types.ts'
import type { ControllerConfig, Workflow, WorkflowTaskResult } from '../spec/types.ts'

export interface ClusterView {
  readonly synced: Promise<void>
  readonly ended: Promise<void>
  readonly size: number
  /** The newest state that is known, our own last write included. */
  workflow(key: string): Workflow | undefined
  /** By node id; pods that are labelled completed are not among them. */
  podsOf(key: string): Map<string, Pod>
  taskResultsOf(key: string): readonly WorkflowTaskResult[]
  parameterConfigMap(namespace: string, name: string): ConfigMap | undefined
  noteWritten(workflow: Workflow): void
  noteCreated(pod: Pod): void
}

export interface WatchOptions {
  readonly api: KubeApi
  readonly namespace?: string
  readonly workflowName?: string
  readonly config: ControllerConfig
  readonly log: Logger
  readonly signal: AbortSignal
}

/** `changed` hears the key `namespace/name` of every workflow that there is something new about. */
export function watchCluster(options: WatchOptions, changed: (key: string) => void): ClusterView {
  const { api, log, signal, workflowName } = options
  const namespace = options.namespace ?? ''
  const common = { api, namespace, signal, log }
  const written = new Map<string, Workflow>()
  const created = new CreatedPods()
  const touched = (object: KubeObject): void => {
    const key = workflowKeyOf(object)
    if (key !== undefined) changed(key)
  }
  const ofWorkflow = { [byWorkflow]: (object: KubeObject) => presentKey(workflowKeyOf(object)) }
  const onlyOne = workflowName === undefined ? labels.workflow : `${labels.workflow}=${workflowName}`

  const workflows = startInformer<Workflow & KubeObject>({
    ...common,
    resource: resources.workflows,
    labelSelector: instanceSelector(options.config.instanceID),
    ...(workflowName !== undefined && { fieldSelector: `metadata.name=${workflowName}` }),
    handlers: {
      added: (workflow) => changed(keyOf(workflow)),
      updated: (workflow) => {
        if (written.get(keyOf(workflow))?.metadata.resourceVersion === workflow.metadata.resourceVersion)
          return
        changed(keyOf(workflow))
      },
      deleted: (workflow) => written.delete(keyOf(workflow)),
    },
  })
  const pods = startInformer<Pod>({
    ...common,
    resource: resources.pods,
    labelSelector: `${onlyOne},${labels.completed}=false`,
    indexes: ofWorkflow,
    handlers: {
      added: (pod) => {
        created.see(pod)
        touched(pod)
      },
      updated: (pod, old) => {
        if (isSignificant(pod, old)) touched(pod)
      },
      // A pod that has ended leaves the view when it is labelled; its end was told before.
      deleted: (pod) => {
        if (!hasEnded(pod)) touched(pod)
      },
    },
  })
  const taskResults = startInformer<WorkflowTaskResult & KubeObject>({
    ...common,
    resource: resources.taskResults,
    labelSelector: onlyOne,
    indexes: ofWorkflow,
    handlers: { added: touched, updated: touched },
  })
  const configMaps = startInformer<ConfigMap>({
    ...common,
    resource: resources.configMaps,
    labelSelector: `${labels.configMapType}=Parameter`,
  })
  const all: readonly Informer<never>[] = [workflows, pods, taskResults, configMaps] as never
  return {
    synced: Promise.all(all.map((informer) => informer.synced)).then(() => undefined),
    ended: Promise.all(all.map((informer) => informer.ended)).then(() => undefined),
    get size() {
      return workflows.list().length
    },
    workflow: (key) => newest(written, key, workflows.get(...splitKey(key))),
    podsOf: (key) => {
      const known = [
        ...created.list().filter((pod) => workflowKeyOf(pod) === key),
        ...pods.by(byWorkflow, key),
      ]
      return new Map(known.map((pod) => [pod.metadata.annotations?.[annotations.nodeId] ?? '', pod]))
    },
    taskResultsOf: (key) => taskResults.by(byWorkflow, key),
    parameterConfigMap: (space, name) => configMaps.get(space, name),
    noteWritten: (workflow) => written.set(keyOf(workflow), workflow),
    noteCreated: (pod) => created.add(pod),
  }
}

const byWorkflow = 'workflow'

/** The selector of the workflows and pods that belong to this controller. */
function instanceSelector(instanceId: string | undefined): string {
  return instanceId ? `${labels.instanceId}=${instanceId}` : `!${labels.instanceId}`
}

/**
 * The watch may lag behind our own write: working on the older copy would do everything twice. Versions of one object
 * grow; where they are no numbers the watch is believed (spec controller 1.3).
 */
function newest(
  written: Map<string, Workflow>,
  key: string,
  seen: Workflow | undefined,
): Workflow | undefined {
  const own = written.get(key)
  if (own === undefined || seen === undefined) return seen
  const sameObject = own.metadata.uid === seen.metadata.uid
  if (sameObject && Number(own.metadata.resourceVersion) > Number(seen.metadata.resourceVersion)) return own
  written.delete(key)
  return seen
}

/** A kubelet also writes what nobody here looks at. */
function isSignificant(pod: Pod, old: Pod): boolean {
  const view = ({ metadata, spec, status }: Pod): string =>
    JSON.stringify([metadata.labels, metadata.annotations, metadata.deletionTimestamp, spec.nodeName, status])
  return view(pod) !== view(old)
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`
}

function workflowKeyOf(object: KubeObject): string | undefined {
  const name = object.metadata.labels?.[labels.workflow]
  return name === undefined ? undefined : `${object.metadata.namespace ?? ''}/${name}`
}

function presentKey(key: string | undefined): readonly string[] {
  return key === undefined ? [] : [key]
}

function splitKey(key: string): [string, string] {
  const slash = key.indexOf('/')
  return [key.slice(0, slash), key.slice(slash + 1)]
}
