// Reads the manifests of a file: YAML as Go's reader takes it, or JSON, one document or many.

import { Composer, LineCounter, type Document, type YAMLError } from 'yaml'
import { goYamlTags } from './go-yaml-tags.ts'
import { lenientTokens } from './lenient-tokens.ts'
import { offsetOf } from './locate.ts'
import { errorMessage } from '../../errors/argo-error.ts'
import type { Problem } from '../problem.ts'

/** A place in a file; both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

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

/** An alias may stand for another list of aliases: more copies than this are an attack on memory. */
const mostAliases = 100

/** Never throws for what the text holds. Empty documents are skipped; a file without any is a problem. */
export function parseManifests(text: string, file: string): Parsed {
  const source = text.replace(/^\ufeff/, '')
  const counter = new LineCounter()
  const composer = new Composer<Document.Parsed>({
    schema: 'failsafe',
    version: '1.1',
    customTags: (tags) => [...tags, ...goYamlTags],
    merge: true,
    keepSourceTokens: false,
    stringKeys: false,
    strict: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const documents: Manifest[] = []
  const problems: SyntaxProblem[] = []
  const lines = source.split('\n')
  const place = (offset: number): Position => {
    const { line, col } = counter.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const add = (message: string, offset: number | undefined, level: Problem['level']): void => {
    const position = offset === undefined ? undefined : place(offset)
    const lineText = position === undefined ? undefined : lines[position.line - 1]
    problems.push({
      path: '',
      kind: 'syntax',
      message,
      level,
      file,
      ...(position && { position }),
      ...(lineText !== undefined && { lineText }),
    })
  }
  for (const document of composer.compose(lenientTokens(source, (offset) => counter.addNewLine(offset)), false)) {
    reportErrors(document, add)
    if (document.contents === null || document.errors.some(isFatal)) continue
    const value = toValue(document, add)
    if (value === null || value === undefined) continue
    documents.push({
      file,
      value,
      apiVersion: textOf(value, 'apiVersion'),
      kind: textOf(value, 'kind'),
      position: (path) => {
        const offset = offsetOf(document, path)
        return offset === undefined ? undefined : place(offset)
      },
      line: (number) => lines[number - 1] ?? '',
    })
  }
  if (documents.length === 0 && problems.length === 0) add('the file holds no document', undefined, 'error')
  return { documents, problems }
}

function reportErrors(
  document: Document.Parsed,
  add: (message: string, offset: number | undefined, level: Problem['level']) => void,
): void {
  const fatal = document.errors.find(isFatal)
  // What follows the first error of the syntax is mostly its echo.
  if (fatal !== undefined) add(firstLine(fatal.message), fatal.pos[0], 'error')
  for (const error of document.errors) {
    // parity: Go's reader takes the last of two equal keys; that is told, since the first is lost.
    if (!isFatal(error)) add('the key is given twice: the last one counts', error.pos[0], 'warning')
  }
}

function isFatal(error: YAMLError): boolean {
  return error.code !== 'DUPLICATE_KEY'
}

function toValue(
  document: Document.Parsed,
  add: (message: string, offset: number | undefined, level: Problem['level']) => void,
): unknown {
  try {
    return document.toJS({ maxAliasCount: mostAliases }) as unknown
  } catch (error) {
    add(firstLine(errorMessage(error)), document.contents?.range?.[0], 'error')
    return undefined
  }
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message
}

function textOf(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null) return ''
  const found = (value as Readonly<Record<string, unknown>>)[key]
  return typeof found === 'string' ? found : ''
}
