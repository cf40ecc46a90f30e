// A pass with its questions answered: pods that it wants are created, pods and ConfigMaps that it misses are asked for.

import { isNotFound } from '../kube/kube-error.ts'
import { resources, type KubeObject, type Resource } from '../kube/api.ts'
import { labels } from '../pod/names.ts'
import { createPods } from './create-pods.ts'
import { failedPass } from './operate/failed-pass.ts'
import { reconcile } from './operate/reconcile.ts'
import { resolveArtifactRepository } from './resolve-artifact-repository.ts'
import type { PodFailure, ReconcileInput, ReconcileOutcome } from './operate/reconcile-types.ts'
import type { ConfigMap, Pod } from './pod/pod-types.ts'
import type { Shell } from './shell.ts'
import type { Workflow, WorkflowTaskResult } from '../spec/types.ts'

export interface Pass {
  /** The workflow as it was before. */
  readonly read: Workflow
  readonly outcome: ReconcileOutcome
  readonly pods: ReadonlyMap<string, Pod>
  readonly taskResults: readonly WorkflowTaskResult[]
}

/** Answers lead to new questions only a few times: pods that are created may fail, and that may end a step. */
const mostRounds = 8

export async function runPass(shell: Shell, key: string, workflow: Workflow): Promise<Pass> {
  const answers = new Answers(shell, key, workflow)
  const repository = workflow.status?.phase ? {} : await resolveArtifactRepository(shell, workflow)
  for (let round = 1; ; round++) {
    const input: ReconcileInput = {
      workflow,
      ...answers.known(),
      ...repository,
      config: shell.config,
      executor: shell.executor,
      now: shell.now(),
    }
    const outcome = attempt(shell, input)
    const again = await answers.find(outcome)
    if (!again || round >= mostRounds) return { read: workflow, outcome, ...answers.known() }
  }
}

/** A mistake of ours must end the workflow and not the controller. */
function attempt(shell: Shell, input: ReconcileInput): ReconcileOutcome {
  try {
    return reconcile(input)
  } catch (error) {
    const { name, namespace } = input.workflow.metadata
    const stack = error instanceof Error ? error.stack : String(error)
    shell.log.error('a pass failed, the workflow ends in Error', { workflow: name, namespace, stack })
    return failedPass(input, error)
  }
}

type Known = Pick<
  ReconcileInput,
  'pods' | 'taskResults' | 'missingTaskResults' | 'parameterConfigMap' | 'podFailures' | 'missingPods'
>

class Answers {
  readonly #shell: Shell
  readonly #workflow: Workflow
  readonly #key: string
  readonly #pods: Map<string, Pod>
  readonly #failures = new Map<string, PodFailure>()
  readonly #missingPods = new Set<string>()
  readonly #taskResults: WorkflowTaskResult[]
  readonly #missingTaskResults = new Set<string>()
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

  async #createPods(outcome: ReconcileOutcome): Promise<boolean> {
    const answers = await createPods(this.#shell, this.#workflow, outcome.podsToCreate)
    for (const { nodeId, pod, failure } of answers) {
      if (pod !== undefined) this.#pods.set(nodeId, pod)
      if (failure === undefined) continue
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
