// Reads the manifests of a file: YAML as Go's reader takes it, or JSON, one document or many.

import { readYaml } from './read-yaml.ts'
import type { Position } from './position.ts'
import type { Problem } from '../problem.ts'

export interface Manifest {
  readonly file: string
  /** '' when the document has none. */
  readonly apiVersion: string
  readonly kind: string
  readonly value: unknown
  /** Where a path of the document stands in the file. */
  readonly position: (path: string) => Position | undefined
  /** The text of a line, counted from 1. */
  readonly line: (number: number) => string
}

/** A problem that has its place already: one of the syntax, not of a field. */
export interface SyntaxProblem extends Problem {
  readonly file: string
  readonly position?: Position
  readonly lineText?: string
}

export interface Parsed {
  readonly documents: readonly Manifest[]
  readonly problems: readonly SyntaxProblem[]
}

/** Never throws for what the text holds. Empty documents are skipped; a file without any is a problem. */
export function parseManifests(text: string, file: string): Parsed {
  const source = text.replace(/^\ufeff/, '')
  const json = parseJson(source)
  return json === undefined
    ? parseYaml(source, file)
    : { documents: [jsonManifest(json, source, file)], problems: [] }
}

function parseYaml(source: string, file: string): Parsed {
  const { documents, problems } = readYaml(source)
  const lines = source.split('\n')
  const line = (number: number): string => lines[number - 1] ?? ''
  const found: SyntaxProblem[] = problems.map(({ message, level, position }) => ({
    path: '',
    kind: 'syntax',
    message,
    level,
    file,
    ...(position && { position, lineText: line(position.line) }),
  }))
  if (documents.length === 0 && found.length === 0) {
    found.push({ path: '', kind: 'syntax', message: 'the file holds no document', level: 'error', file })
  }
  const manifests = documents.map(({ value, position }) => ({
    file,
    value,
    position,
    line,
    ...kindOf(value),
  }))
  return { documents: manifests, problems: found }
}

/** JSON is read many times faster than YAML; the text is read as YAML only when a place in it is asked for. */
function jsonManifest(value: unknown, source: string, file: string): Manifest {
  let parsed: Manifest | undefined
  const located = (): Manifest | undefined => (parsed ??= parseYaml(source, file).documents[0])
  return {
    file,
    value,
    ...kindOf(value),
    position: (path) => located()?.position(path),
    line: (number) => located()?.line(number) ?? '',
  }
}

function parseJson(source: string): unknown {
  if (!/^\s*\{/.test(source)) return undefined
  try {
    return JSON.parse(source) as unknown
  } catch {
    // The YAML reader says what is wrong, and where; and `{a: b}` is YAML.
    return undefined
  }
}

function kindOf(value: unknown): { readonly apiVersion: string; readonly kind: string } {
  return { apiVersion: textOf(value, 'apiVersion'), kind: textOf(value, 'kind') }
}

function textOf(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null) return ''
  const found = (value as Readonly<Record<string, unknown>>)[key]
  return typeof found === 'string' ? found : ''
}
