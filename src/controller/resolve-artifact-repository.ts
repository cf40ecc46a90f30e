// Finds the artifact repository of a workflow: the one it names, its namespace's default, or the controller's.

import { errorMessage } from '../errors/argo-error.ts'
import { isNotFound } from '../kube/kube-error.ts'
import { resources } from '../kube/api.ts'
import { parseYamlValue } from './config/parse-yaml-value.ts'
import type { ConfigMap } from './pod/pod-types.ts'
import type { ReconcileInput } from './operate/reconcile-types.ts'
import type { Shell } from './shell.ts'
import type { ArtifactRepositoryRef, JsonObject, Workflow } from '../spec/types.ts'

export type RepositoryAnswer = Pick<ReconcileInput, 'artifactRepositoryRef' | 'artifactRepositoryProblem'>

const defaultConfigMap = 'artifact-repositories'
const defaultKeyAnnotation = 'workflows.argoproj.io/default-artifact-repository'

/**
 * The answer holds the repository itself and not only its name, so that a later change of the ConfigMap does not move a
 * workflow that runs. A reference that leads nowhere is the workflow's problem.
 *
 * @throws errors of the API, so that the workflow waits for it to come back.
 */
export async function resolveArtifactRepository(shell: Shell, workflow: Workflow): Promise<RepositoryAnswer> {
  const reference = referenceOf(workflow) ?? referenceOf(shell.config.workflowDefaults)
  const namespace = workflow.metadata.namespace ?? ''
  const name = reference?.configMap ?? defaultConfigMap
  const configMap = await readConfigMap(shell, namespace, name)
  const place = `ConfigMap ${name} in namespace ${namespace}`
  if (configMap === undefined) {
    if (reference === undefined) return controllersOwn(shell)
    return { artifactRepositoryProblem: `failed to find the artifact repository: ${place} does not exist` }
  }
  const key = reference?.key ?? configMap.metadata.annotations?.[defaultKeyAnnotation]
  if (key === undefined) {
    if (reference === undefined) return controllersOwn(shell)
    return {
      artifactRepositoryProblem: `failed to find the artifact repository: ${place} has no annotation ${defaultKeyAnnotation}`,
    }
  }
  const text = Object.hasOwn(configMap.data, key) ? configMap.data[key] : undefined
  if (text === undefined)
    return { artifactRepositoryProblem: `failed to find the artifact repository: ${place} has no key ${key}` }
  try {
    const written = parseYamlValue(text, `${place} key ${key}`) as JsonObject
    const artifactRepository = shell.completeRepository?.(written) ?? written
    return { artifactRepositoryRef: { namespace, configMap: name, key, artifactRepository } }
  } catch (error) {
    return { artifactRepositoryProblem: `failed to read the artifact repository: ${errorMessage(error)}` }
  }
}

/** The workflow is not yet decoded here: what is no text in it counts as not given, and is refused later. */
function referenceOf(workflow: Workflow | undefined): ArtifactRepositoryRef | undefined {
  const spec: unknown = workflow?.spec
  const reference = isObject(spec) ? spec['artifactRepositoryRef'] : undefined
  if (!isObject(reference)) return undefined
  const { configMap, key } = reference
  return {
    ...(typeof configMap === 'string' && configMap !== '' && { configMap }),
    ...(typeof key === 'string' && key !== '' && { key }),
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function controllersOwn(shell: Shell): RepositoryAnswer {
  const { artifactRepository } = shell.config
  const known = artifactRepository as JsonObject | undefined
  return {
    artifactRepositoryRef: { default: true, ...(known !== undefined && { artifactRepository: known }) },
  }
}

async function readConfigMap(shell: Shell, namespace: string, name: string): Promise<ConfigMap | undefined> {
  try {
    return await shell.api.get<ConfigMap>(resources.configMaps, namespace, name, { signal: shell.signal })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
