// The objects of a run: read from files, completed by the flags, checked. All problems are told at once.

import { readFileSync } from 'node:fs'
import { ArgoError, errorMessage } from '../../src/errors/argo-error.ts'
import type { KubeObject } from '../../src/kube/api.ts'
import { decodeWorkflow } from '../../src/spec/decode.ts'
import { parseManifests, type Manifest } from '../../src/spec/manifest/parse-manifests.ts'
import { renderProblem, renderSyntaxProblem } from '../../src/spec/manifest/render-problem.ts'
import { isError, type Problem } from '../../src/spec/problem.ts'
import type { Workflow } from '../../src/spec/types.ts'
import { objectNameTrouble } from '../../src/spec/validate/object-name.ts'
import { validateWorkflow } from '../../src/spec/validate-workflow.ts'
import { applyFlags, givenParameters } from './apply-flags.ts'
import type { RunRequest } from './command-line.ts'
import type { UserObjects } from './create-objects.ts'
import { undeclaredParameters } from './undeclared-parameters.ts'

export interface ReadObjects extends UserObjects {
  readonly warnings: readonly string[]
}

/** Throws ERR_INVALID_INPUT whose message holds every problem with its place. */
export function readObjects(request: RunRequest): ReadObjects {
  const errors: string[] = []
  const warnings: string[] = []
  const tell = (problem: Problem, text: string): void =>
    void (isError(problem) ? errors : warnings).push(text)
  const manifests: Manifest[] = []
  for (const file of request.files) {
    const { documents, problems } = parseManifests(readInput(file), file === '-' ? 'standard input' : file)
    for (const problem of problems) tell(problem, renderSyntaxProblem(problem))
    manifests.push(...documents)
  }
  const refuse = (manifest: Manifest, path: string, message: string): void =>
    void errors.push(renderProblem({ path, kind: 'invalid', message, level: 'error' }, manifest))
  const workflows: Workflow[] = []
  const configMaps: KubeObject[] = []
  const secrets: KubeObject[] = []
  for (const manifest of manifests) {
    if (manifest.kind === 'ConfigMap') configMaps.push(asObject(manifest, refuse))
    else if (manifest.kind === 'Secret') secrets.push(asObject(manifest, refuse))
    else if (manifest.kind === 'Workflow') workflows.push(readWorkflow(manifest, request, tell))
    else refuse(manifest, manifest.kind === '' ? '' : 'kind', notRunnable(manifest))
  }
  const [workflow, ...others] = workflows
  if (workflow === undefined && errors.length === 0)
    errors.push(`${request.files.join(', ')}: there is no Workflow`)
  if (others.length > 0)
    errors.push(`${request.files.join(', ')}: there are ${workflows.length} Workflows; run one at a time`)
  if (errors.length > 0 || workflow === undefined) {
    throw new ArgoError([...errors, ...warnings].join('\n'), { code: 'ERR_INVALID_INPUT' })
  }
  return { workflow, configMaps, secrets, warnings }
}

function notRunnable({ value, kind }: Manifest): string {
  const rule = 'only Workflow, ConfigMap and Secret can be run'
  if (kind !== '') return `${JSON.stringify(kind)}: ${rule}`
  if (Array.isArray(value)) return `the document is a list, not an object: ${rule}`
  return typeof value === 'object'
    ? `the document has no kind: ${rule}`
    : `the document is no object: ${rule}`
}

function readWorkflow(
  manifest: Manifest,
  request: RunRequest,
  tell: (problem: Problem, text: string) => void,
): Workflow {
  const { workflow, problems } = decodeWorkflow(manifest.value)
  const given = givenParameters(request)
  const completed = applyFlags(workflow, request, given)
  const unread = new Set(
    problems.filter(isError).flatMap(({ path }) => [templateOf(path), parentOf(path), '']),
  )
  const uncovered = problems.filter(({ kind }) => kind === 'uncovered').map(({ path }) => path)
  const isNews = ({ path }: Problem): boolean =>
    !unread.has(path) && !uncovered.some((above) => path.startsWith(`${above}.`))
  const all = [...problems, ...validateWorkflow(completed).filter(isNews)]
  for (const problem of all) {
    const isOfFlag = request.name !== undefined && problem.path === 'metadata.name'
    tell(problem, isOfFlag ? `--name: ${problem.message}` : renderProblem(problem, manifest))
  }
  for (const problem of undeclaredParameters(workflow, given.keys()))
    tell(problem, `warning: ${problem.message}`)
  return completed
}

/**
 * Where checks would only echo what could not be read: a template of a kind that is not covered seems to have none, a
 * container with a mistyped image seems to have no image.
 */
function templateOf(path: string): string {
  return /^spec\.templates\[\d+\]/.exec(path)?.[0] ?? path
}

function parentOf(path: string): string {
  return path.replace(/(?:\.[^.[\]]+|\[[^\]]*\])$/, '')
}

function asObject(
  manifest: Manifest,
  refuse: (manifest: Manifest, path: string, message: string) => void,
): KubeObject {
  const object = manifest.value as Partial<KubeObject>
  const name: unknown = object.metadata?.name
  const trouble = typeof name === 'string' ? objectNameTrouble(name) : 'is missing'
  if (trouble !== undefined) refuse(manifest, 'metadata.name', trouble)
  // An object that was printed by somebody's API begins anew.
  const { resourceVersion: _version, uid: _uid, ...metadata } = object.metadata ?? {}
  return { ...object, metadata }
}

function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new ArgoError(`read ${file === '-' ? 'standard input' : file}: ${errorMessage(error)}`, {
      code: 'ERR_INVALID_INPUT',
      cause: error,
    })
  }
}
