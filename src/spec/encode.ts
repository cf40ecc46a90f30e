// Writes objects of the schema as JSON text exactly as Go's encoder would: fields in order, empties left out.

import { goJson, goMap, goQuote } from '../expression/go-json.ts'
import { formatJsonNumber } from '../expression/go-number.ts'
import { parseType, type Field, type Type } from './schema/notation.ts'
import { struct, type StructName } from './schema/struct.ts'
import type { Parameter, Template } from './types.ts'

/** The text of the environment variable ARGO_TEMPLATE (spec executor 1.5). */
export function encodeTemplate(template: Template): string {
  return encodeStruct('Template', template)
}

/** The value of `inputs.parameters` and `workflow.parameters`; Go writes an absent list as null. */
export function encodeParameters(parameters: readonly Parameter[] | undefined): string {
  return encode(parameters, parseType('[]Parameter'))
}

export function encodeStruct(name: StructName, value: object): string {
  return encode(value, { kind: 'struct', name })
}

function encode(value: unknown, type: Type): string {
  if (type.kind === 'scalar') return encodeScalar(value, type)
  if (type.kind === 'struct') return encodeMembers(value ?? {}, type.name)
  if (value === undefined || value === null) return 'null'
  if (type.kind === 'map') {
    return goMap(value as Readonly<Record<string, unknown>>, (member) => encode(member, type.element))
  }
  return `[${(value as readonly unknown[]).map((element) => encode(element, type.element)).join(',')}]`
}

function encodeScalar(value: unknown, type: Type & { kind: 'scalar' }): string {
  switch (type.scalar) {
    case 'string':
    case 'anyString':
    case 'time':
      return goQuote(typeof value === 'string' ? value : '')
    case 'bool':
      return value === true ? 'true' : 'false'
    case 'int32':
    case 'int64':
      return typeof value === 'number' ? formatJsonNumber(value) : '0'
    default:
      return goJson(value)
  }
}

function encodeMembers(value: object, name: string): string {
  const members = value as Readonly<Record<string, unknown>>
  const texts: string[] = []
  for (const field of struct(name).fields) {
    const member = members[field.name]
    if (!isWritten(member, field)) continue
    const isNull = field.presence === 'nullable' && (member === undefined || member === null)
    texts.push(`${goQuote(field.name)}:${isNull ? 'null' : encode(member, field.type)}`)
  }
  return `{${texts.join(',')}}`
}

function isWritten(member: unknown, field: Field): boolean {
  if (field.presence === 'always' || field.presence === 'nullable') return true
  if (member === undefined || member === null) return false
  return field.presence === 'pointer' || !isZero(member)
}

function isZero(value: unknown): boolean {
  if (typeof value === 'object') return Object.keys(value as object).length === 0
  return value === '' || value === 0 || value === false
}
