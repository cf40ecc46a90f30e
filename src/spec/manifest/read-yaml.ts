// Reads a stream of YAML documents into values, with a way back from a path to its place in the text.

import { Composer, LineCounter, type Document, type YAMLError } from 'yaml'
import { goYamlTags } from './go-yaml-tags.ts'
import { lenientTokens } from './lenient-tokens.ts'
import { offsetOf } from './locate.ts'
import { errorMessage } from '../../errors/argo-error.ts'
import type { Position } from './position.ts'

export interface YamlDocument {
  readonly value: unknown
  readonly position: (path: string) => Position | undefined
}

export interface YamlProblem {
  readonly message: string
  readonly level: 'error' | 'warning'
  readonly position?: Position
}

/** An alias may stand for another list of aliases: more copies than this are an attack on memory. */
const mostAliases = 100
const tooDeep = 'the document nests too deeply'

/** Empty documents are left out, and so are those with an error. */
export function readYaml(source: string): {
  readonly documents: readonly YamlDocument[]
  readonly problems: readonly YamlProblem[]
} {
  const counter = new LineCounter()
  const place = (offset: number | undefined): Position | undefined => {
    if (offset === undefined) return undefined
    const { line, col } = counter.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems: YamlProblem[] = []
  const add = (message: string, offset: number | undefined, level: 'error' | 'warning'): void => {
    const position = place(offset)
    problems.push({ message: message.split('\n')[0] ?? message, level, ...(position && { position }) })
  }
  const documents: YamlDocument[] = []
  try {
    const tokens = lenientTokens(source, (offset) => counter.addNewLine(offset))
    for (const document of newComposer().compose(tokens)) {
      const value = valueOf(document, add)
      if (value === null || value === undefined) continue
      documents.push({ value, position: (path) => place(offsetOf(document, path)) })
    }
  } catch (error) {
    add(readTrouble(error), undefined, 'error')
  }
  return { documents, problems }
}

function newComposer(): Composer {
  return new Composer({
    schema: 'failsafe',
    version: '1.1',
    customTags: (tags) => [...tags, ...goYamlTags],
    merge: true,
    strict: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
}

function valueOf(
  document: Document.Parsed,
  add: (message: string, offset: number | undefined, level: 'error' | 'warning') => void,
): unknown {
  const fatal = document.errors.find(isFatal)
  if (fatal !== undefined) {
    // What follows the first error of the syntax is mostly its echo.
    add(fatal.code === 'RESOURCE_EXHAUSTION' ? tooDeep : fatal.message, fatal.pos[0], 'error')
    return undefined
  }
  // parity: Go's reader takes the last of two equal keys; that is told, since the first is lost.
  for (const { pos } of document.errors) add('the key is given twice: the last one counts', pos[0], 'warning')
  try {
    return document.toJS({ maxAliasCount: mostAliases }) as unknown
  } catch (error) {
    add(readTrouble(error), document.contents?.range?.[0], 'error')
    return undefined
  }
}

function isFatal(error: YAMLError): boolean {
  return error.code !== 'DUPLICATE_KEY'
}

/** Lists within lists by the thousand exhaust the stack of the reader. */
function readTrouble(error: unknown): string {
  return error instanceof RangeError ? tooDeep : errorMessage(error)
}
