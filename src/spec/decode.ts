// Reads an API object by the schema: values in Go's types, and every problem of the whole object at once.

import { decodeScalar, deepest, shown } from './decode-scalar.ts'
import { childPath, type Problem } from './problem.ts'
import { visitTexts } from './visit-texts.ts'
import { nearest } from '../util/nearest.ts'
import { struct, type StructName } from './schema/struct.ts'
import type { Field, Type } from './schema/notation.ts'
import type { Workflow } from './types.ts'

export interface Decoded<T> {
  readonly value: T
  readonly problems: readonly Problem[]
}

const workflowApiVersion = 'argoproj.io/v1alpha1'

/**
 * A Workflow from JSON or YAML values. Fields that nobody knows stay in it, so that writing it back loses nothing.
 * A missing apiVersion and kind are filled in. Numbers become text where Argo reads them as text; keys in another case are accepted with a warning.
 */
export function decodeWorkflow(value: unknown): {
  readonly workflow: Workflow
  readonly problems: readonly Problem[]
} {
  const decoded = decodeStruct<Workflow>('Workflow', value)
  const { metadata = {}, spec = {} } = decoded.value as Partial<Workflow>
  const { apiVersion = workflowApiVersion, kind = 'Workflow' } = decoded.value as Partial<Workflow>
  const problems = [...decoded.problems, ...expressionTagProblems(spec)]
  if (apiVersion !== workflowApiVersion) {
    const message = `a Workflow of '${apiVersion}' is not known, expected '${workflowApiVersion}'`
    problems.push({ path: 'apiVersion', kind: 'invalid', message, level: 'error' })
  }
  return { workflow: { ...decoded.value, apiVersion, kind, metadata, spec }, problems }
}

function expressionTagProblems(spec: Workflow['spec']): readonly Problem[] {
  const problems: Problem[] = []
  visitTexts(spec, 'spec', (text, path) => {
    if (!text.includes('{{=')) return
    problems.push({
      path,
      kind: 'uncovered',
      message: uncovered('expression tags ({{= ... }})'),
      level: 'error',
    })
  })
  return problems
}

/** Any struct of the schema. A value that is no object gives `{}` and a problem. */
export function decodeStruct<T>(name: StructName, value: unknown, path = ''): Decoded<T> {
  const decoder = new Decoder()
  const decoded = decoder.decode(value, { kind: 'struct', name }, path)
  return { value: (decoded ?? {}) as T, problems: decoder.problems }
}

class Decoder {
  readonly problems: Problem[] = []
  #depth = 0

  /** undefined when the value is absent (null) or unusable. */
  decode(value: unknown, type: Type, path: string): unknown {
    if (value === undefined) return undefined
    if (type.kind === 'scalar') return this.#scalar(value, type.scalar, path)
    if (value === null) return undefined
    if (++this.#depth > deepest) {
      this.#add(path, 'type', `nests deeper than ${deepest}`)
      this.#depth--
      return undefined
    }
    const decoded = this.#composite(value, type, path)
    this.#depth--
    return decoded
  }

  #composite(value: unknown, type: Exclude<Type, { kind: 'scalar' }>, path: string): unknown {
    if (type.kind === 'list') {
      if (!Array.isArray(value)) return this.#wrongType(path, 'a list', value)
      return (value as readonly unknown[]).map((element, index) => {
        const at = childPath(path, index)
        if (type.element.kind === 'scalar' && type.element.scalar === 'json')
          return this.decode(element, type.element, at) ?? null
        return this.decode(element, type.element, at) ?? zeroOf(type.element)
      })
    }
    if (typeof value !== 'object' || Array.isArray(value)) return this.#wrongType(path, 'an object', value)
    const members = value as Readonly<Record<string, unknown>>
    return type.kind === 'map'
      ? this.#map(members, type.element, path)
      : this.#struct(members, type.name, path)
  }

  #map(members: Readonly<Record<string, unknown>>, element: Type, path: string): unknown {
    const decoded: [string, unknown][] = []
    for (const [key, value] of Object.entries(members)) {
      decoded.push([key, this.decode(value, element, childPath(path, key)) ?? zeroOf(element)])
    }
    return Object.fromEntries(decoded)
  }

  #struct(members: Readonly<Record<string, unknown>>, name: string, path: string): unknown {
    const shape = struct(name)
    const decoded = new Map<string, unknown>()
    for (const [key, value] of Object.entries(members)) {
      const at = childPath(path, key)
      const field =
        shape.byName.get(key) ?? this.#inOtherCase(members, shape.byFoldedName.get(key.toLowerCase()), at)
      if (field === undefined) {
        this.#unknown(key, at, [...shape.byName.keys()])
        decoded.set(key, value)
      } else if (field.uncovered !== undefined) {
        if (value !== null && value !== undefined) this.#uncovered(field, at)
        decoded.set(field.name, value)
      } else {
        const result = this.decode(value, field.type, at)
        if (result !== undefined) decoded.set(field.name, result)
      }
    }
    return Object.fromEntries(decoded)
  }

  #inOtherCase(
    members: Readonly<Record<string, unknown>>,
    field: Field | undefined,
    path: string,
  ): Field | undefined {
    if (field === undefined) return undefined
    if (Object.hasOwn(members, field.name)) {
      this.#add(path, 'unknown', `is given beside '${field.name}': keep one of them`)
      return undefined
    }
    this.#add(path, 'unknown', `is written '${field.name}'`, 'warning')
    return field
  }

  #scalar(value: unknown, scalar: Parameters<typeof decodeScalar>[1], path: string): unknown {
    const result = decodeScalar(value, scalar)
    for (const { message, level } of result.problems) this.#add(path, 'type', message, level)
    return result.value
  }

  #unknown(key: string, path: string, known: readonly string[]): void {
    const near = nearest(key, known)
    this.#add(
      path,
      'unknown',
      `unknown field '${key}'${near === undefined ? '' : `, did you mean '${near}'?`}`,
    )
  }

  #uncovered(field: Field, path: string): void {
    this.#add(path, 'uncovered', uncovered(field.uncovered ?? field.name))
  }

  #wrongType(path: string, wanted: string, found: unknown): undefined {
    this.#add(path, 'type', `expected ${wanted}, found ${shown(found)}`)
    return undefined
  }

  #add(path: string, kind: Problem['kind'], message: string, level: Problem['level'] = 'error'): void {
    this.problems.push({ path, kind, message, level })
  }
}

/** One wording for all, so that a reader, or a program, finds the feature. */
function uncovered(feature: string): string {
  return `${feature}: not covered yet`
}

function zeroOf(type: Type): unknown {
  if (type.kind === 'list') return []
  if (type.kind !== 'scalar') return {}
  if (type.scalar === 'bool') return false
  return type.scalar === 'int32' || type.scalar === 'int64' ? 0 : ''
}
