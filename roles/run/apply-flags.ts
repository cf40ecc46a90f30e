// What the flags say about a workflow, put into it: name, entrypoint, arguments.

import { readFileSync } from 'node:fs'
import { anyString } from '../../src/expression/any-string.ts'
import { ArgoError, errorMessage } from '../../src/errors/argo-error.ts'
import { parseYamlValue } from '../../src/controller/config/parse-yaml-value.ts'
import { labels } from '../../src/pod/names.ts'
import type { Parameter, Workflow } from '../../src/spec/types.ts'
import type { RunRequest } from './command-line.ts'

/** Names and values of `--parameter-file` and `-p`. Throws ERR_INVALID_INPUT for a file that cannot be read. */
export function givenParameters(request: RunRequest): ReadonlyMap<string, string> {
  return new Map([...fileParameters(request.parameterFile), ...request.parameters])
}

/** `values` are the parameters of `request`, as above. */
export function applyFlags(
  workflow: Workflow,
  request: RunRequest,
  values: ReadonlyMap<string, string>,
): Workflow {
  // A workflow that was printed by somebody's API begins anew.
  const { status: _status, ...submitted } = workflow
  const metadata = freshMetadata(workflow.metadata)
  const { spec } = workflow
  const { generateName: _generated, ...named } = metadata
  return {
    ...submitted,
    metadata: request.name === undefined ? withSomeName(metadata) : { ...named, name: request.name },
    spec: {
      ...spec,
      ...(request.entrypoint === undefined ? {} : { entrypoint: request.entrypoint }),
      ...(values.size === 0
        ? {}
        : { arguments: { ...spec.arguments, parameters: merge(spec.arguments?.parameters ?? [], values) } }),
    },
  }
}

/** Without what the API fills in, and without the labels by which controllers know what has ended. */
function freshMetadata(metadata: Workflow['metadata']): Workflow['metadata'] {
  const { resourceVersion: _version, uid: _uid, labels: given, ...rest } = metadata
  if (given === undefined) return rest
  const { [labels.completed]: _completed, [labels.phase]: _phase, ...kept } = given
  return { ...rest, labels: kept }
}

/** A file that names nothing can still run. */
function withSomeName(metadata: Workflow['metadata']): Workflow['metadata'] {
  return metadata.name === undefined && metadata.generateName === undefined
    ? { ...metadata, generateName: 'workflow-' }
    : metadata
}

/** parity: a parameter that the workflow does not declare is added to its arguments. */
function merge(declared: readonly Parameter[], values: ReadonlyMap<string, string>): readonly Parameter[] {
  const known = new Set(declared.map(({ name }) => name))
  const added = [...values].filter(([name]) => !known.has(name)).map(([name, value]) => ({ name, value }))
  return [
    ...declared.map((parameter) => {
      const value = values.get(parameter.name)
      if (value === undefined) return parameter
      const { valueFrom: _source, ...rest } = parameter
      return { ...rest, value }
    }),
    ...added,
  ]
}

function fileParameters(file: string | undefined): readonly (readonly [string, string])[] {
  if (file === undefined) return []
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ArgoError(`read the parameters: ${errorMessage(error)}`, {
      code: 'ERR_INVALID_INPUT',
      cause: error,
    })
  }
  const value = parseYamlValue(text, file) ?? {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ArgoError(`read ${file}: expected a map of names and values`, { code: 'ERR_INVALID_INPUT' })
  }
  return Object.entries(value).map(([name, item]) => [name, anyString(item) ?? JSON.stringify(item ?? null)])
}
