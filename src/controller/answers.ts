// The questions of a pass, answered by the API: pods and reports by name, ConfigMaps, warnings; and pods made for it.

import { isNotFound } from '../kube/kube-error.ts'
import { resources, type KubeObject, type Resource } from '../kube/api.ts'
import { labels } from '../pod/names.ts'
import { createPods } from './create-pods.ts'
import { explainPod } from './explain-pod.ts'
import type { PodFailure, ReconcileInput, ReconcileOutcome } from './operate/reconcile-types.ts'
import type { ConfigMap, Pod } from './pod/pod-types.ts'
import type { Shell } from './shell.ts'
import type { Workflow, WorkflowTaskResult } from '../spec/types.ts'

type Known = Pick<
  ReconcileInput,
  | 'pods'
  | 'taskResults'
  | 'missingTaskResults'
  | 'parameterConfigMap'
  | 'podFailures'
  | 'missingPods'
  | 'podHints'
>

/** For the length of one pass. What the API says is asked for once, however often the pass is repeated. */
export class Answers {
  readonly #shell: Shell
  readonly #workflow: Workflow
  readonly #key: string
  readonly #pods: Map<string, Pod>
  readonly #failures = new Map<string, PodFailure>()
  readonly #missingPods = new Set<string>()
  readonly #taskResults: WorkflowTaskResult[]
  readonly #missingTaskResults = new Set<string>()
  readonly #podHints = new Map<string, string>()
  readonly #configMaps = new Map<string, ConfigMap | undefined>()
  readonly #wantedConfigMaps = new Set<string>()

  constructor(shell: Shell, key: string, workflow: Workflow) {
    this.#shell = shell
    this.#key = key
    this.#workflow = workflow
    this.#pods = shell.cluster.podsOf(key)
    this.#taskResults = [...shell.cluster.taskResultsOf(key)]
  }

  known(): Known {
    return {
      pods: this.#pods,
      taskResults: this.#taskResults,
      missingTaskResults: this.#missingTaskResults,
      podFailures: this.#failures,
      missingPods: this.#missingPods,
      podHints: this.#podHints,
      parameterConfigMap: (name) => this.#configMap(name),
    }
  }

  /** Whether there is something that a pass did not know before. */
  async find(outcome: ReconcileOutcome): Promise<boolean> {
    const configMaps = await this.#findConfigMaps()
    // With a ConfigMap more the pass may want other pods.
    if (configMaps) return true
    const found = [
      await this.#findPods(outcome),
      await this.#findTaskResults(outcome),
      await this.#explainPods(outcome),
      await this.#createPods(outcome),
    ]
    return found.includes(true)
  }

  #configMap(name: string): ConfigMap | undefined {
    const known = this.#shell.cluster.parameterConfigMap(this.#workflow.metadata.namespace ?? '', name)
    if (known !== undefined) return known
    if (!this.#configMaps.has(name)) this.#wantedConfigMaps.add(name)
    return this.#configMaps.get(name)
  }

  /** The watch of ConfigMaps may be behind that of workflows: nothing is missing before the API says so. */
  async #findConfigMaps(): Promise<boolean> {
    let found = false
    for (const name of this.#wantedConfigMaps) {
      const configMap = await this.#get<ConfigMap>(resources.configMaps, name)
      const isParameter = configMap?.metadata.labels?.[labels.configMapType] === 'Parameter'
      this.#configMaps.set(name, isParameter ? configMap : undefined)
      found ||= isParameter
    }
    this.#wantedConfigMaps.clear()
    return found
  }

  async #findPods(outcome: ReconcileOutcome): Promise<boolean> {
    for (const { nodeId, podName } of outcome.podsToLookUp) {
      const pod = await this.#get<Pod>(resources.pods, podName)
      if (pod === undefined) this.#missingPods.add(nodeId)
      else this.#pods.set(nodeId, pod)
    }
    return outcome.podsToLookUp.length > 0
  }

  async #findTaskResults(outcome: ReconcileOutcome): Promise<boolean> {
    for (const name of outcome.taskResultsToLookUp) {
      const result = await this.#get<WorkflowTaskResult & KubeObject>(resources.taskResults, name)
      if (result === undefined) this.#missingTaskResults.add(name)
      else this.#taskResults.push(result)
    }
    return outcome.taskResultsToLookUp.length > 0
  }

  async #explainPods(outcome: ReconcileOutcome): Promise<boolean> {
    for (const { nodeId, pod } of outcome.podsToExplain) {
      this.#podHints.set(nodeId, await explainPod(this.#shell, pod))
    }
    return outcome.podsToExplain.length > 0
  }

  async #createPods(outcome: ReconcileOutcome): Promise<boolean> {
    const answers = await createPods(this.#shell, this.#workflow, outcome.podsToCreate)
    for (const { nodeId, pod, existed, failure } of answers) {
      if (pod !== undefined) this.#pods.set(nodeId, pod)
      if (existed === true) this.#shell.wakeUp(this.#key, 0)
      if (failure === undefined) {
        this.#shell.delays.forget(`${this.#key} ${nodeId}`)
        continue
      }
      this.#failures.set(nodeId, failure)
      if (failure.retryable) this.#shell.wakeUp(this.#key, this.#shell.delays.next(`${this.#key} ${nodeId}`))
    }
    return answers.some(({ failure }) => failure !== undefined)
  }

  async #get<T extends KubeObject>(resource: Resource, name: string): Promise<T | undefined> {
    const { api, signal } = this.#shell
    try {
      return await api.get<T>(resource, this.#workflow.metadata.namespace ?? '', name, { signal })
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }
}
