// The notation of the schema tables, and its reading: one short text per field says everything that decoding and
// encoding need to know.
//
//     'string'            left out of the JSON when empty (Go's omitempty)
//     '*int64'            left out when absent; zero is kept (a pointer)
//     '!string'           always written, also when empty or absent
//     '!*string'          always written, null when absent
//     '[]EnvVar'          a list; '[][]WorkflowStep' a list of lists
//     'map[string]string' keys are written sorted
//     'Inputs'            a struct by value: always written, `{}` when absent
//     '*Probe'            a struct by pointer: written when present, also when `{}`
//     '~retries'          known to Argo and not covered here; the text names the feature

export type StructTable = Readonly<Record<string, Readonly<Record<string, string>>>>

const scalars = [
  'string',
  'bool',
  'int32',
  'int64',
  'quantity',
  'intOrString',
  'anyString',
  'time',
  'json',
] as const
export type Scalar = (typeof scalars)[number]

export type Type =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'struct'; readonly name: string }
  | { readonly kind: 'list'; readonly element: Type }
  | { readonly kind: 'map'; readonly element: Type }

export interface Field {
  readonly name: string
  readonly type: Type
  /** pointer: absent is not zero. always: written even when empty. nullable: null when absent. value: unless zero. */
  readonly presence: 'pointer' | 'always' | 'nullable' | 'value'
  /** The feature that is not covered; such a field has the type json. */
  readonly uncovered?: string
}

/** @throws Error on a notation that is none: the tables are checked by a test. */
export function parseField(name: string, notation: string): Field {
  if (notation.startsWith('~')) {
    return {
      name,
      type: { kind: 'scalar', scalar: 'json' },
      presence: 'pointer',
      uncovered: notation.slice(1),
    }
  }
  if (notation.startsWith('*')) return { name, type: parseType(notation.slice(1)), presence: 'pointer' }
  if (notation.startsWith('!*')) return { name, type: parseType(notation.slice(2)), presence: 'nullable' }
  if (notation.startsWith('!')) return { name, type: parseType(notation.slice(1)), presence: 'always' }
  const type = parseType(notation)
  return { name, type, presence: type.kind === 'struct' ? 'always' : 'value' }
}

export function parseType(notation: string): Type {
  if (notation.startsWith('[]')) return { kind: 'list', element: parseType(notation.slice(2)) }
  const mapPrefix = 'map[string]'
  if (notation.startsWith(mapPrefix))
    return { kind: 'map', element: parseType(notation.slice(mapPrefix.length)) }
  const scalar = scalars.find((known) => known === notation)
  if (scalar !== undefined) return { kind: 'scalar', scalar }
  if (!/^[A-Z]\w*$/.test(notation)) throw new Error(`the schema notation '${notation}' is none`)
  return { kind: 'struct', name: notation }
}
