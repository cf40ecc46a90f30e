// A controller with an API of its own and a kubelet that follows a script: everything real but the containers.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startController } from '../../src/controller/start-controller.ts'
import { resources, type KubeApi, type KubeObject } from '../../src/kube/api.ts'
import { startLocalApi, type LocalApi } from '../../src/local/api/start-local-api.ts'
import { createLogger } from '../../src/log/logger.ts'
import { parseManifests } from '../../src/spec/manifest/parse-manifests.ts'
import { startScriptedKubelet, type PodScript, type ScriptedKubelet } from './scripted-kubelet.ts'
import type { Pod } from '../../src/controller/pod/pod-types.ts'
import type { ControllerConfig, Workflow } from '../../src/spec/types.ts'

export interface ControllerRig extends AsyncDisposable {
  readonly api: KubeApi
  readonly local: LocalApi
  readonly kubelet: ScriptedKubelet
  readonly log: readonly string[]
  /** Creates the workflow of a YAML text and returns it as stored. */
  submit(yaml: string): Promise<Workflow>
  /** Waits until `holds` is true of the workflow, by watching it. */
  until(name: string, holds: (workflow: Workflow) => boolean): Promise<Workflow>
  ended(name: string): Promise<Workflow>
}

export interface RigOptions {
  readonly script?: (nodeName: string, pod: Pod) => PodScript | undefined
  readonly config?: ControllerConfig
  readonly now?: () => Date
  /** What the controller sees instead of the API itself: for weather. */
  readonly through?: (api: KubeApi) => KubeApi
  /** Without it the test starts controllers of its own. */
  readonly controller?: boolean
}

export const namespace = 'argo'
/** No run of these tests takes nearly as long. */
const patienceMs = 20_000

export async function startControllerRig(options: RigOptions = {}): Promise<ControllerRig> {
  const folder = mkdtempSync(join(tmpdir(), 'controller-'))
  const local = await startLocalApi({ stateFile: join(folder, 'state.sqlite') })
  const abort = new AbortController()
  const log: string[] = []
  const { api } = local
  const kubelet = startScriptedKubelet({
    api,
    namespace,
    signal: abort.signal,
    script: options.script ?? (() => undefined),
  })
  const controller =
    options.controller === false
      ? Promise.resolve()
      : startController({
          api: options.through?.(api) ?? api,
          namespace,
          config: options.config ?? {},
          executorImage: 'executor',
          ...(options.now !== undefined && { now: options.now }),
          log: createLogger({ level: 'debug', write: (line) => log.push(line) }),
          signal: abort.signal,
        })
  const until = async (name: string, holds: (workflow: Workflow) => boolean): Promise<Workflow> => {
    const patience = AbortSignal.timeout(patienceMs)
    const first = await api.get<Workflow & KubeObject>(resources.workflows, namespace, name)
    if (holds(first)) return first
    try {
      const events = api.watch<Workflow & KubeObject>(resources.workflows, namespace, {
        resourceVersion: first.metadata.resourceVersion ?? '',
        fieldSelector: `metadata.name=${name}`,
        signal: patience,
      })
      for await (const event of events)
        if (event.type !== 'BOOKMARK' && holds(event.object)) return event.object
    } catch (error) {
      if (!patience.aborted) throw error
    }
    const last = await api.get(resources.workflows, namespace, name)
    const pods = (await api.list<Pod>(resources.pods, namespace)).items.map(({ metadata, status }) => [
      metadata.name,
      metadata.labels,
      status?.phase,
    ])
    throw new Error(
      `waited ${patienceMs} ms in vain: ${JSON.stringify(last)}\n${JSON.stringify(pods)}\n${log.join('')}`,
    )
  }
  return {
    api,
    local,
    kubelet,
    log,
    submit: async (yaml) => {
      const [manifest] = parseManifests(yaml, 'test.yaml').documents
      return api.create(resources.workflows, namespace, manifest?.value as Workflow & KubeObject)
    },
    until,
    ended: (name) => until(name, ({ status }) => /Succeeded|Failed|Error/.test(status?.phase ?? '')),
    async [Symbol.asyncDispose]() {
      abort.abort(new Error('the test has ended'))
      await controller
      await kubelet.ended()
      await local.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
