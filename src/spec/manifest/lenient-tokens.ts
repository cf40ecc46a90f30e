// Cuts YAML into tokens as Go's reader does: text in quotes and lists in brackets may go on at any indentation.

import { Lexer, Parser } from 'yaml'

/**
 * The tokens of a text for the composer. The YAML specification wants the further lines of a quoted text and of
 * `[...]` indented deeper than their key, Go's reader does not, and published workflows end them at the key's depth.
 */
export function* lenientTokens(
  text: string,
  onNewLine: (offset: number) => void,
): ReturnType<Parser['parse']> {
  const parser = new Parser(onNewLine)
  onNewLine(0)
  for (const lexeme of lenientLexer().lex(text)) yield* parser.next(lexeme)
  yield* parser.end()
}

/** The private parts of the lexer that know about indentation; a test notices when they change. */
interface LexerParts {
  indentNext: number
  flowLevel: number
  parseFlowCollection: LexerStep
  parseQuotedScalar: LexerStep
  parsePlainScalar: LexerStep
}

type LexerStep = () => Generator<string, unknown>

function lenientLexer(): Lexer {
  const lexer = new Lexer()
  const parts = lexer as unknown as LexerParts
  parts.parseFlowCollection = atAnyIndent(parts, parts.parseFlowCollection)
  parts.parseQuotedScalar = atAnyIndent(parts, parts.parseQuotedScalar)
  const plain = parts.parsePlainScalar
  const plainInFlow = atAnyIndent(parts, plain)
  parts.parsePlainScalar = function* () {
    return yield* parts.flowLevel > 0 ? plainInFlow() : plain.call(parts)
  }
  return lexer
}

function atAnyIndent(parts: LexerParts, step: LexerStep): LexerStep {
  return function* () {
    const kept = parts.indentNext
    parts.indentNext = 0
    try {
      return yield* step.call(parts)
    } finally {
      parts.indentNext = kept
    }
  }
}
