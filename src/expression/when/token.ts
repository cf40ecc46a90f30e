// The tokens of a `when` text, and which kind may follow which.

import type { Pattern } from '../regexp.ts'

export type TokenKind =
  | 'UNKNOWN'
  | 'PREFIX'
  | 'NUMERIC'
  | 'BOOLEAN'
  | 'STRING'
  | 'PATTERN'
  | 'TIME'
  | 'VARIABLE'
  | 'ACCESSOR'
  | 'COMPARATOR'
  | 'LOGICALOP'
  | 'MODIFIER'
  | 'CLAUSE'
  | 'CLAUSE_CLOSE'
  | 'TERNARY'
  | 'SEPARATOR'

export type Literal = string | number | boolean

export interface Token {
  readonly kind: TokenKind
  /** Text of a symbol or a name, value of a literal, seconds since 1970 of a time. */
  readonly value: Literal
  /** Only of PATTERN: `value` is its source. */
  readonly pattern?: Pattern
}

const operands: readonly TokenKind[] = ['NUMERIC', 'BOOLEAN', 'VARIABLE', 'ACCESSOR', 'CLAUSE']
const anyOperand: readonly TokenKind[] = [...operands, 'PREFIX', 'STRING', 'TIME']
const afterValue: readonly TokenKind[] = [
  'MODIFIER',
  'COMPARATOR',
  'LOGICALOP',
  'CLAUSE_CLOSE',
  'TERNARY',
  'SEPARATOR',
]

/** Which kinds may follow a kind; kinds that may end the text are in `mayEnd`. */
export const next: Readonly<Record<TokenKind, readonly TokenKind[]>> = {
  UNKNOWN: [...anyOperand, 'PATTERN'],
  CLAUSE: [...anyOperand, 'PATTERN', 'CLAUSE_CLOSE'],
  CLAUSE_CLOSE: [...afterValue, 'NUMERIC', 'BOOLEAN', 'VARIABLE', 'STRING', 'PATTERN', 'TIME', 'CLAUSE'],
  NUMERIC: afterValue,
  BOOLEAN: afterValue,
  STRING: afterValue,
  PATTERN: afterValue,
  TIME: afterValue,
  VARIABLE: afterValue,
  ACCESSOR: [...afterValue, 'CLAUSE'],
  MODIFIER: [...operands, 'PREFIX', 'STRING', 'CLAUSE_CLOSE'],
  COMPARATOR: [...anyOperand, 'PATTERN', 'CLAUSE_CLOSE'],
  LOGICALOP: [...anyOperand, 'CLAUSE_CLOSE'],
  PREFIX: [...operands, 'CLAUSE_CLOSE'],
  TERNARY: [...anyOperand, 'SEPARATOR'],
  SEPARATOR: anyOperand,
}

export const mayEnd: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'CLAUSE_CLOSE',
  'NUMERIC',
  'BOOLEAN',
  'STRING',
  'PATTERN',
  'TIME',
  'VARIABLE',
  'ACCESSOR',
])
