// Every recorded pod of a container or script template is built again from its own template and workflow.

import { expect, test } from 'vitest'
import { buildPod } from '../../src/controller/pod/build-pod.ts'
import type { PodInput } from '../../src/controller/pod/pod-input.ts'
import { strategicMergePatch } from '../../src/kube/patch/strategic.ts'
import type { ControllerConfig, JsonObject, Workflow } from '../../src/spec/types.ts'
import { configNames, controllerConfig, environment, manifestWorkflows, recordings, sentTemplate, type RecordedPod, type Recording } from '../rig/corpus-pods.ts'
import { describeNeeding } from '../rig/needs.ts'
import { compareShape, type Difference } from '../rig/same-shape.ts'
import { sharedDir } from '../rig/shared.ts'

const now = new Date('2026-01-02T03:04:05Z')
const executorImage = 'quay.io/argoproj/argoexec:v4.1.2'

describeNeeding({ shared: true }, 'recorded pods', () => {
  const shared = sharedDir() ?? ''
  test.for(configNames)('configuration %s', (name) => {
    const config = controllerConfig(shared, name)
    const failures: { readonly pod: string; readonly differences: readonly Difference[] }[] = []
    const skipped = new Map<string, number>()
    let compared = 0
    for (const recording of recordings(shared, name)) {
      for (const pod of recording.pods) {
        const input = inputOf(shared, recording, pod, config)
        if (typeof input === 'string') {
          skipped.set(input, (skipped.get(input) ?? 0) + 1)
          continue
        }
        compared++
        let built: unknown
        try {
          built = buildPod(input)?.pod
        } catch (error) {
          built = { kind: String(error) }
        }
        const { differences } = compareShape(recordedForm(pod), oursForm(built))
        if (differences.length > 0) failures.push({ pod: `${recording.file} ${pod.name}`, differences })
      }
    }
    console.log(`${name}: ${compared} pods compared, ${failures.length} differ; skipped: ${JSON.stringify(Object.fromEntries(skipped))}`)
    for (const { pod, differences } of failures.slice(0, Number(process.env['SHOW'] ?? 5))) console.log(pod, ...differences.slice(0, 6).map((one) => `\n   ${JSON.stringify(one).slice(0, 400)}`))
    expect(failures.length).toBe(0)
  })
})

function inputOf(shared: string, recording: Recording, { name, node, object }: RecordedPod, config: ControllerConfig): PodInput | string {
  const template = sentTemplate(object)
  if (template === undefined || (template.container === undefined && template.script === undefined)) return 'other template type'
  const extra = ['sidecars', 'initContainers', 'podSpecPatch', 'timeout', 'podResources', 'resourceClaims', 'retryStrategy'].find((key) => key in template)
  if (extra !== undefined) return extra
  const workflow = workflowOf(shared, recording, config)
  if (workflow === undefined) return 'workflow of a child'
  const spec = workflow.spec as unknown as Record<string, unknown>
  const uncovered = ['workflowTemplateRef', 'podSpecPatch', 'podResources', 'resourceClaims', 'volumeClaimTemplates', 'templateDefaults', 'podGC'].find((key) => key in spec)
  if (uncovered !== undefined && recording.config !== 'workflow-defaults') return uncovered
  const original = workflow.spec.templates?.find((candidate) => candidate.name === template.name)
  if (original === undefined) return 'template from elsewhere'
  const { archiveLocation: _location, ...rest } = template
  const env = environment(object, 'main')
  const seconds = object.spec.activeDeadlineSeconds
  return {
    workflow: { ...workflow, metadata: { ...workflow.metadata, name: recording.workflowName, namespace: object.metadata.namespace ?? 'argo', uid: '<uid>' } },
    template: original.archiveLocation === undefined ? rest : { ...rest, archiveLocation: original.archiveLocation },
    nodeId: env['ARGO_NODE_ID'] ?? '',
    nodeName: node ?? '',
    podName: name,
    onExit: object.metadata.labels?.['workflows.argoproj.io/on-exit'] === 'true',
    includeScriptOutput: env['ARGO_INCLUDE_SCRIPT_OUTPUT'] === 'true',
    ...(workflow.spec.activeDeadlineSeconds === undefined || seconds === undefined ? {} : { workflowDeadline: new Date(now.getTime() + seconds * 1000) }),
    config,
    executorImage,
    executorLog: { level: 'info', format: 'text' },
    ...(config.artifactRepository === undefined ? {} : { artifactRepository: config.artifactRepository }),
    globals: globalsOf(recording.workflowName, workflow),
    trace: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
    now,
  }
}

function workflowOf(shared: string, { file, workflowName }: Recording, { workflowDefaults }: ControllerConfig): Workflow | undefined {
  const own = manifestWorkflows(shared, file).find(({ metadata }) => workflowName === (metadata.name ?? `${metadata.generateName}g`))
  if (own === undefined || workflowDefaults === undefined) return own
  return strategicMergePatch(workflowDefaults as unknown as JsonObject, own as unknown as JsonObject, {}) as unknown as Workflow
}

function globalsOf(name: string, workflow: Workflow): Readonly<Record<string, string>> {
  const parameters = (workflow.spec.arguments?.parameters ?? []).map(({ name: key, value }) => [`workflow.parameters.${key}`, String(value)])
  return {
    ...Object.fromEntries(parameters),
    'workflow.name': name,
    'workflow.creationTimestamp.Y': '2026',
    'workflow.creationTimestamp.m': '01',
    'workflow.creationTimestamp.d': '02',
  }
}

/** The template text is compared as an object here; its exact text is compared where templates are encoded. */
function recordedForm({ object }: RecordedPod): unknown {
  return withParsedTemplate(JSON.parse(JSON.stringify(object).replaceAll('<uid>', '00000000-0000-4000-8000-000000000000')))
}

function oursForm(pod: unknown): unknown {
  return withParsedTemplate(JSON.parse(JSON.stringify(pod ?? null).replaceAll('<uid>', '00000000-0000-4000-8000-000000000000')))
}

function withParsedTemplate(pod: unknown): unknown {
  return JSON.parse(JSON.stringify(pod), (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'name' in value && value.name === 'ARGO_TEMPLATE' && 'value' in value) {
      return { ...value, value: JSON.parse(String(value.value)) as unknown }
    }
    return value
  })
}
