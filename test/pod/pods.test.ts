// The whole controller against what Argo did: each covered workflow of the corpus is run through the operator, its pods
// end as they did then, and every pod that our controller asks for must equal the recorded one, field by field.

import { expect, test } from 'vitest'
import { labels } from '../../src/pod/names.ts'
import { decodeWorkflow } from '../../src/spec/decode.ts'
import type { ControllerConfig, JsonObject, Workflow } from '../../src/spec/types.ts'
import {
  type ConfigName,
  configNames,
  controllerConfig,
  manifestOf,
  neededConfigMaps,
  type RecordedPod,
  type Recording,
  recordedStatus,
  recordings,
} from '../rig/corpus-pods.ts'
import { describeNeeding } from '../rig/needs.ts'
import { playRecording, type Played } from '../rig/play-recording.ts'
import { report } from '../rig/report.ts'
import { compareShape, type Difference, differenceText } from '../rig/same-shape.ts'
import { sharedDir } from '../rig/shared.ts'
import { exemptionCounter, podGc, timeLeft } from './exemptions.ts'

/** Workflows and pods compared so far, by configuration: coverage does not shrink. */
const least: Readonly<Record<ConfigName, { readonly workflows: number; readonly pods: number }>> = {
  default: { workflows: 120, pods: 286 },
  'archive-logs': { workflows: 9, pods: 18 },
  'executor-resources': { workflows: 9, pods: 17 },
  'instance-id': { workflows: 9, pods: 17 },
  'key-format': { workflows: 9, pods: 17 },
  'workflow-defaults': { workflows: 9, pods: 18 },
}

const executorImage = 'quay.io/argoproj/argoexec:v4.1.2'
const start = new Date('2026-01-02T03:04:05Z')
const uid = '00000000-0000-4000-8000-000000000000'

describeNeeding({ shared: true }, 'pods of the controller', () => {
  const shared = sharedDir() ?? ''
  const defaults = shared === '' ? [] : recordings(shared, 'default')
  const { isExempt, used } = exemptionCounter([podGc, timeLeft])

  test.for(configNames)('configuration %s', (name) => {
    const config = coveredConfig(controllerConfig(shared, name))
    const failures: string[] = []
    const refused: Record<string, number> = {}
    let workflows = 0
    let pods = 0
    for (const recording of recordings(shared, name)) {
      // Recordings with another configuration were cut short: a pod that is missing there may be in the default one.
      const known = name === 'default' ? recording : defaults.find((one) => isSame(one, recording))
      const played = play(shared, recording, config)
      if (typeof played === 'string') {
        refused[played] = (refused[played] ?? 0) + 1
        continue
      }
      workflows++
      const { differences, compared } = compare(recording, known ?? recording, played, isExempt)
      pods += compared
      if (differences.length > 0) failures.push(`${recording.file}\n  ${differences.join('\n  ')}`)
    }
    report(
      `${name}: ${workflows} workflows and ${pods} pods compared; not covered: ${JSON.stringify(refused)}`,
    )
    expect(failures.join('\n')).toBe('')
    expect(workflows).toBeGreaterThanOrEqual(least[name].workflows)
    expect(pods).toBeGreaterThanOrEqual(least[name].pods)
  })

  test('every exemption is used', () => {
    report(`exemptions: ${JSON.stringify(Object.fromEntries(used))}`)
    expect([...used].filter(([, count]) => count === 0)).toEqual([])
  })
})

/** What the controller did, or why it refused. */
function play(shared: string, recording: Recording, config: ControllerConfig): Played | string {
  const manifest = manifestOf(shared, recording)
  if (manifest === undefined) return 'no manifest of this name'
  const status = recordedStatus(shared, recording)
  const repository = repositoryOf(status?.artifactRepositoryRef, config)
  if ('plugin' in ((repository['artifactRepository'] as JsonObject | undefined) ?? {}))
    return 'artifact repository of a plugin'
  const played = playRecording({
    workflow: submitted(manifest, recording, config, repository),
    endOf: (id) => status?.nodes?.[id],
    config,
    executorImage,
    parameterConfigMaps: neededConfigMaps(shared, recording.file),
    start,
  })
  const { phase, message = '' } = played.workflow.status ?? {}
  return phase === 'Failed' && message.startsWith('invalid spec') ? feature(message) : played
}

/** Of a refusal the first reason, without its place. */
function feature(message: string): string {
  return (message.split('; ')[0] ?? '')
    .replace(/^invalid spec: (?:\S+: )?/, '')
    .replace(/: not covered yet$/, '')
}

interface PodComparison {
  readonly differences: readonly string[]
  readonly compared: number
}

/** Every recorded pod is ours too, and none of ours is unknown to `complete`. */
function compare(
  recording: Recording,
  complete: Recording,
  { created }: Played,
  isExempt: (difference: Difference) => boolean,
): PodComparison {
  const ours = new Map(created.map(({ pod }) => [pod.metadata.name ?? '', pod]))
  const recorded = ownPods(recording)
  const known = new Set(ownPods(complete).map(({ name }) => name))
  const missing = recorded
    .filter(({ name }) => !ours.has(name))
    .map(({ name }) => `${name}: recorded, but not created by us`)
  const more = [...ours.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `${name}: created by us only`)
  const both = recorded.filter(({ name }) => ours.has(name))
  const different = both.flatMap(({ name, object }) =>
    compareShape(object, ours.get(name), { echo: true })
      .differences.filter((difference) => !isExempt(difference))
      .map((difference) => `${name} ${differenceText(difference)}`),
  )
  return { differences: [...missing, ...more, ...different], compared: both.length }
}

/** Without those of workflows that a step created. */
function ownPods({ pods, workflowName }: Recording): readonly RecordedPod[] {
  return pods.filter(({ object }) => object.metadata.labels?.[labels.workflow] === workflowName)
}

function isSame(one: Recording, other: Recording): boolean {
  return one.file === other.file && one.workflowName === other.workflowName
}

/** As the API hands it out: it gives name and uid, and drops what it does not know of metadata. */
function submitted(
  manifest: Workflow,
  { workflowName }: Recording,
  { instanceID }: ControllerConfig,
  repository: JsonObject,
): Workflow {
  const { namespace = 'argo', labels: given, annotations } = decodeWorkflow(manifest).workflow.metadata
  return {
    ...manifest,
    metadata: {
      name: workflowName,
      namespace,
      uid,
      creationTimestamp: start.toISOString().replace('.000Z', 'Z'),
      labels: { ...given, ...(instanceID === undefined ? {} : { [labels.instanceId]: instanceID }) },
      ...(annotations === undefined ? {} : { annotations }),
    },
    status: { artifactRepositoryRef: repository },
  }
}

/** As the shell of the controller finds it: from a ConfigMap that the recording tells, else from the configuration. */
function repositoryOf(
  recorded: JsonObject | undefined,
  { artifactRepository }: ControllerConfig,
): JsonObject {
  if (recorded?.['configMap'] !== undefined) return recorded
  return { default: true, artifactRepository: artifactRepository as unknown as JsonObject }
}

/** Defaults that are not covered yet would have every workflow refused; what is left of them is compared. */
function coveredConfig(config: ControllerConfig): ControllerConfig {
  if (config.workflowDefaults === undefined) return config
  const {
    parallelism: _parallelism,
    podGC: _podGC,
    ttlStrategy: _ttlStrategy,
    ...spec
  } = config.workflowDefaults.spec as Record<string, unknown>
  return { ...config, workflowDefaults: { ...config.workflowDefaults, spec } }
}
