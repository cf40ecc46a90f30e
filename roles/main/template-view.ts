// What main needs to know of its template: read without the schema, which would cost every step its start.

import { readFileSync } from 'node:fs'
import { ArgoError, errorCode, errorMessage } from '../../src/errors/argo-error.ts'
import { env, offloaded } from '../../src/pod/names.ts'
import type { Layout } from '../../src/pod/layout.ts'
import type { Environment } from '../../src/util/environment.ts'

export interface OutputArtifactView {
  readonly path: string
  /** gzip level of the staged archive; undefined is the default. */
  readonly level: number | undefined
}

export interface TemplateView {
  readonly parameterPaths: readonly string[]
  readonly artifacts: readonly OutputArtifactView[]
  readonly volumeMounts: readonly { readonly mountPath: string }[]
  readonly sidecars: readonly string[]
  /** Whether wait will store the log of every container. */
  readonly archiveLogs: boolean
}

type TemplatePlaces = Pick<Layout, 'templateFile' | 'offload'>

/** Throws with Argo's words when there is no template or none that can be read (spec executor 3.2 step 6). */
export function readTemplateView(environment: Environment, layout: TemplatePlaces): TemplateView {
  const text = readTemplate(environment, layout)
  let template: unknown
  try {
    template = JSON.parse(text)
  } catch (error) {
    throw new ArgoError(`failed to unmarshal template: ${errorMessage(error)}`, {
      code: 'ERR_INVALID_INPUT',
      cause: error,
    })
  }
  return viewOf(template)
}

function readTemplate(environment: Environment, { templateFile: file, offload }: TemplatePlaces): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw unreadable(error)
  }
  const given = environment[env.template]
  if (given === undefined || given === '') {
    throw new ArgoError(`failed to read template: neither ${file} nor ${env.template} is available`, {
      code: 'ERR_INVALID_INPUT',
    })
  }
  if (given !== offloaded) return given
  try {
    return readFileSync(`${offload}/${env.template}`, 'utf8')
  } catch (error) {
    throw unreadable(error)
  }
}

function unreadable(cause: unknown): ArgoError {
  return new ArgoError(`failed to read template: ${errorMessage(cause)}`, {
    code: 'ERR_INVALID_INPUT',
    cause,
  })
}

/** Whatever has another shape than expected counts as absent: the controller checked it, and init decoded it. */
function viewOf(template: unknown): TemplateView {
  const outputs = at(template, 'outputs')
  const container = at(template, 'container') ?? at(template, 'script')
  return {
    parameterPaths: list(at(outputs, 'parameters')).flatMap((parameter) =>
      texts(at(at(parameter, 'valueFrom'), 'path')),
    ),
    artifacts: list(at(outputs, 'artifacts')).flatMap((artifact) =>
      texts(at(artifact, 'path')).map((path) => ({ path, level: levelOf(at(artifact, 'archive')) })),
    ),
    volumeMounts: list(at(container, 'volumeMounts')).flatMap((mount) =>
      texts(at(mount, 'mountPath')).map((mountPath) => ({ mountPath })),
    ),
    sidecars: list(at(template, 'sidecars')).flatMap((sidecar) => texts(at(sidecar, 'name'))),
    archiveLogs: at(at(template, 'archiveLocation'), 'archiveLogs') === true,
  }
}

/** Archives that wait unpacks again are stored without work; tar keeps the level that its author asked for. */
function levelOf(archive: unknown): number | undefined {
  if (at(archive, 'none') !== undefined || at(archive, 'zip') !== undefined) return 0
  const level = at(at(archive, 'tar'), 'compressionLevel')
  return typeof level === 'number' ? level : undefined
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  const found = (value as Readonly<Record<string, unknown>>)[key]
  return found === null ? undefined : found
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function texts(value: unknown): readonly string[] {
  return typeof value === 'string' && value !== '' ? [value] : []
}
