// The recorded pods of the conformance corpus, by configuration: what Argo's controller sent to the API.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'yaml'
import type { ConfigMap, Pod } from '../../src/controller/pod/pod-types.ts'
import { parseManifests } from '../../src/spec/manifest/parse-manifests.ts'
import type { ControllerConfig, Template, Workflow, WorkflowStatus } from '../../src/spec/types.ts'

export const configNames = [
  'default',
  'archive-logs',
  'executor-resources',
  'instance-id',
  'key-format',
  'workflow-defaults',
] as const
export type ConfigName = (typeof configNames)[number]

export interface RecordedPod {
  readonly name: string
  readonly node: string | null
  readonly object: Pod
}

export interface Recording {
  readonly config: ConfigName
  /** The manifest, relative to the corpus. */
  readonly file: string
  /** Name of the workflow as it was created. */
  readonly workflowName: string
  readonly pods: readonly RecordedPod[]
}

interface RecordedFile {
  readonly workflow?: string
  readonly objects?: readonly (RecordedPod & { readonly kind: string })[]
  readonly workflows?: readonly RecordedFile[]
}

interface RecordedStatus {
  readonly workflow?: string
  readonly status?: WorkflowStatus
  readonly workflows?: readonly RecordedStatus[]
}

export function recordings(shared: string, config: ConfigName): readonly Recording[] {
  const folder = configFolder(shared, config)
  return jsonFiles(join(folder, 'workflows')).flatMap((path) => {
    const file = relative(folder, path).replace(/\.json$/, '')
    const recorded = JSON.parse(readFileSync(path, 'utf8')) as RecordedFile
    return (recorded.workflows ?? [recorded]).map((one) => ({
      config,
      file,
      workflowName: one.workflow ?? '',
      pods: (one.objects ?? []).filter(({ kind }) => kind === 'Pod'),
    }))
  })
}

/** The workflow documents of a manifest, as written. */
function manifestWorkflows(shared: string, file: string): readonly Workflow[] {
  const { documents } = parseManifests(readFileSync(join(shared, 'corpus', file), 'utf8'), file)
  return documents.filter(({ kind }) => kind === 'Workflow').map(({ value }) => value as Workflow)
}

/** The manifest that became the workflow of this name. */
export function manifestOf(shared: string, { file, workflowName }: Recording): Workflow | undefined {
  return manifestWorkflows(shared, file).find(
    ({ metadata }) => workflowName === (metadata.name ?? `${metadata.generateName}g`),
  )
}

/** The status that Argo arrived at, with the default configuration. */
export function recordedStatus(
  shared: string,
  { file, workflowName }: Recording,
): WorkflowStatus | undefined {
  const path = join(shared, 'corpus/status', `${file}.json`)
  if (!existsSync(path)) return undefined
  const recorded = JSON.parse(readFileSync(path, 'utf8')) as RecordedStatus
  return (recorded.workflows ?? [recorded]).find(({ workflow }) => workflow === workflowName)?.status
}

/** ConfigMaps that the manifest needs, by name. */
export function neededConfigMaps(shared: string, file: string): ReadonlyMap<string, ConfigMap> {
  const index = readFileSync(join(shared, 'corpus/index.tsv'), 'utf8').split('\n')
  const needs = index.find((line) => line.startsWith(`${file}\t`))?.split('\t')[9] ?? ''
  const found = [...needs.matchAll(/configmap:(\S+)=(\S+)/g)].map(([, name = '', path = '']) => {
    return [name, parse(readFileSync(join(shared, 'corpus', path), 'utf8')) as ConfigMap] as const
  })
  return new Map(found)
}

export function controllerConfig(shared: string, config: ConfigName): ControllerConfig {
  const { data } = parse(readFileSync(join(configFolder(shared, config), 'config.yaml'), 'utf8')) as {
    readonly data: Readonly<Record<string, string>>
  }
  const entries = Object.entries(data).map(([key, text]) => [
    key,
    key === 'instanceID' ? text.trim() : (parse(text) as unknown),
  ])
  return Object.fromEntries(entries) as ControllerConfig
}

/** The template that the pod was given. */
export function sentTemplate(pod: Pod): Template | undefined {
  const text = environment(pod, 'init')['ARGO_TEMPLATE']
  return text === undefined ? undefined : (JSON.parse(text) as Template)
}

export function environment(pod: Pod, container: string): Readonly<Record<string, string | undefined>> {
  const found = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(
    ({ name }) => name === container,
  )
  return Object.fromEntries(
    (found?.env ?? []).map((entry) => [entry['name'] as string, entry['value'] as string | undefined]),
  )
}

function configFolder(shared: string, config: ConfigName): string {
  return join(shared, 'corpus/pods', config === 'default' ? '.' : config)
}

function jsonFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name))
    .toSorted()
}
