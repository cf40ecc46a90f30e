// Every recorded pod of a covered container or script template is built again from the template and the workflow that
// Argo had, in each recorded configuration. Driving the whole controller to the same pods is pods.test.ts.

import { expect, test } from 'vitest'
import { buildPod } from '../../src/controller/pod/build-pod.ts'
import type { PodInput } from '../../src/controller/pod/pod-input.ts'
import { labels } from '../../src/pod/names.ts'
import { strategicMergePatch } from '../../src/kube/patch/strategic.ts'
import { decodeStruct, decodeWorkflow } from '../../src/spec/decode.ts'
import { isError } from '../../src/spec/problem.ts'
import type { ControllerConfig, JsonObject, Template, Workflow } from '../../src/spec/types.ts'
import {
  type ConfigName,
  configNames,
  controllerConfig,
  environment,
  manifestOf,
  type RecordedPod,
  type Recording,
  recordings,
  sentTemplate,
} from '../rig/corpus-pods.ts'
import { describeNeeding } from '../rig/needs.ts'
import { compareShape, differenceText } from '../rig/same-shape.ts'
import { report } from '../rig/report.ts'
import { sharedDir } from '../rig/shared.ts'
import { exemptionCounter, podGc } from './exemptions.ts'

/** Pods compared so far, by configuration: coverage does not shrink. */
const least: Readonly<Record<ConfigName, number>> = {
  default: 419,
  'archive-logs': 34,
  'executor-resources': 33,
  'instance-id': 33,
  'key-format': 33,
  'workflow-defaults': 28,
}

const now = new Date('2026-01-02T03:04:05Z')
const executorImage = 'quay.io/argoproj/argoexec:v4.1.2'
/** Uncovered fields of a workflow that leave their mark on its pods. */
const shaping = [
  'workflowTemplateRef',
  'podSpecPatch',
  'podResources',
  'resourceClaims',
  'volumeClaimTemplates',
  'templateDefaults',
]

describeNeeding({ shared: true }, 'recorded pods', () => {
  const shared = sharedDir() ?? ''
  const { isExempt, used } = exemptionCounter([podGc])

  test.for(configNames)('configuration %s', (name) => {
    const config = controllerConfig(shared, name)
    const skipped: Record<string, number> = {}
    const failures: string[] = []
    let compared = 0
    let byShape = 0
    for (const recording of recordings(shared, name)) {
      for (const pod of recording.pods) {
        const input = inputOf(shared, recording, pod, config)
        if (typeof input === 'string') {
          skipped[input] = (skipped[input] ?? 0) + 1
          continue
        }
        compared++
        const comparison = compareShape(pod.object, buildPod(input)?.pod, { echo: true })
        byShape += comparison.byShape
        const differences = comparison.differences
          .filter((difference) => !isExempt(difference))
          .map(differenceText)
        if (differences.length > 0)
          failures.push(`${recording.file} ${pod.name}\n  ${differences.join('\n  ')}`)
      }
    }
    report(
      `${name}: ${compared} pods compared (${byShape} values by shape); not covered: ${JSON.stringify(skipped)}`,
    )
    expect(failures.join('\n')).toBe('')
    expect(compared).toBeGreaterThanOrEqual(least[name])
  })

  test('every exemption is used', () => {
    report(`exemptions: ${JSON.stringify(Object.fromEntries(used))}`)
    expect([...used].filter(([, count]) => count === 0)).toEqual([])
  })
})

/** The input of the builder, or why the pod is left out. */
function inputOf(
  shared: string,
  recording: Recording,
  recorded: RecordedPod,
  config: ControllerConfig,
): PodInput | string {
  const { object, name, node } = recorded
  if (object.metadata.labels?.[labels.workflow] !== recording.workflowName) return 'pods of a child workflow'
  const sent = sentTemplate(object)
  if (sent === undefined || (sent.container === undefined && sent.script === undefined))
    return 'other template types'
  const uncovered = decodeStruct<Template>('Template', sent).problems.find(isError)
  if (uncovered !== undefined) return uncovered.path.replace(/\[\d+\]/g, '')
  const workflow = workflowOf(shared, recording, config)
  const field = shaping.find((key) => key in (workflow?.spec ?? {}))
  if (field !== undefined) return field
  const original = workflow?.spec.templates?.find((candidate) => candidate.name === sent.name)
  if (workflow === undefined || original === undefined) return 'workflow or template from elsewhere'
  if (workflow.spec.artifactRepositoryRef !== undefined) return 'artifactRepositoryRef'
  if (JSON.stringify(workflow.spec.volumes ?? []).includes('{{tasks.')) return 'a volume named by a task'
  const env = environment(object, 'main')
  const seconds = object.spec.activeDeadlineSeconds
  const ends = workflow.spec.activeDeadlineSeconds !== undefined && seconds !== undefined
  return {
    workflow: {
      ...workflow,
      metadata: {
        ...workflow.metadata,
        name: recording.workflowName,
        namespace: object.metadata.namespace ?? '',
        uid,
      },
    },
    template: withLocation(sent, original),
    nodeId: env['ARGO_NODE_ID'] ?? '',
    nodeName: node ?? '',
    podName: name,
    onExit: object.metadata.labels?.[labels.onExit] === 'true',
    includeScriptOutput: env['ARGO_INCLUDE_SCRIPT_OUTPUT'] === 'true',
    ...(ends ? { workflowDeadline: new Date(now.getTime() + seconds * 1000) } : {}),
    config,
    executorImage,
    executorLog: { level: 'info', format: 'text' },
    ...(config.artifactRepository === undefined ? {} : { artifactRepository: config.artifactRepository }),
    globals: globalsOf(recording.workflowName, workflow),
    trace: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
    now,
  }
}

const uid = '00000000-0000-4000-8000-000000000000'

/** What was sent has its archive location filled in: the builder has to find it again. */
function withLocation(
  { archiveLocation: _sent, ...rest }: Template,
  { archiveLocation }: Template,
): Template {
  return archiveLocation === undefined ? rest : { ...rest, archiveLocation }
}

function workflowOf(
  shared: string,
  recording: Recording,
  { workflowDefaults }: ControllerConfig,
): Workflow | undefined {
  const own = manifestOf(shared, recording)
  if (own === undefined) return undefined
  const merged =
    workflowDefaults === undefined ? own : strategicMergePatch(asJson(workflowDefaults), asJson(own), {})
  return decodeWorkflow(merged).workflow
}

function asJson(workflow: Workflow): JsonObject {
  return workflow as unknown as JsonObject
}

function globalsOf(name: string, workflow: Workflow): Readonly<Record<string, string>> {
  const parameters = (workflow.spec.arguments?.parameters ?? []).map(({ name: key, value }) => [
    `workflow.parameters.${key}`,
    value ?? '',
  ])
  const date = { Y: '2026', m: '01', d: '02' }
  const created = Object.entries(date).map(([key, value]) => [`workflow.creationTimestamp.${key}`, value])
  return { ...Object.fromEntries([...parameters, ...created]), 'workflow.name': name }
}
