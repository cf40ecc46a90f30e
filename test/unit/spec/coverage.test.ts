// No field is ignored: an unknown or uncovered one at any path of the schema is found and named.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coveredFeatures, fieldCoverage, uncoveredFeatures } from '../../../src/spec/coverage.ts'
import { decodeWorkflow } from '../../../src/spec/decode.ts'
import { isError } from '../../../src/spec/problem.ts'
import { struct, structNames } from '../../../src/spec/schema/struct.ts'
import type { Type } from '../../../src/spec/schema/notation.ts'
import { report } from '../../rig/report.ts'

const fields = fieldCoverage()
const places = fields.filter(({ type, uncovered }) => uncovered === undefined && isObject(type))

describe('coverage', () => {
  it('every struct of the tables can be read, and every field has a way from the workflow', () => {
    const reached = new Set(fields.map(({ owner }) => owner))
    for (const name of structNames) expect(struct(name).name).toBe(name)
    const other = structNames.filter((name) => !reached.has(name) && struct(name).fields.length > 0)
    expect(other).toEqual(['ConfigMap', 'Secret'])
    report(
      `schema: ${structNames.length} structs, ${fields.length} paths, ${uncoveredFeatures().size} features refused`,
    )
  })

  it('each uncovered field is refused at each of its paths, with the feature', () => {
    const uncovered = fields.filter((field) => field.uncovered !== undefined)
    expect(uncovered.length).toBeGreaterThan(60)
    for (const field of uncovered) {
      const { path, value } = workflowWith(field.path, {})
      expect(errors(value)).toContainEqual({
        path,
        kind: 'uncovered',
        message: `${field.uncovered}: not covered yet`,
      })
    }
  })

  it('an unknown field is named at each path of the schema', () => {
    for (const path of ['', ...places.map((place) => place.path + marks(place.type))]) {
      const { path: at, value } = workflowWith(`${path}${path === '' ? '' : '.'}zzUnknown`, 1)
      expect(errors(value)).toContainEqual({
        path: at,
        kind: 'unknown',
        message: "unknown field 'zzUnknown'",
      })
    }
  })

  it('no slip in the name of a field goes unnoticed, whatever it is', () => {
    const field = fc.constantFrom(...fields.filter(({ uncovered }) => uncovered === undefined))
    fc.assert(
      fc.property(field, fc.string({ minLength: 1, maxLength: 12 }), ({ path, owner }, suffix) => {
        const key = path.split('.').at(-1) + suffix
        fc.pre(!struct(owner).byFoldedName.has(key.toLowerCase()) && key !== '__proto__')
        const parent = path.slice(0, path.lastIndexOf('.') + 1)
        const { value } = workflowWith(parent === '' ? 'X' : `${parent}X`, 1, key)
        expect(
          errors(value).some(({ kind, message }) => kind === 'unknown' && message.includes(`'${key}'`)),
        ).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('all problems are told at once', () => {
    const value = {
      spec: {
        entrypont: 'a',
        metrics: {},
        templates: [{ name: 'a', container: { imag: 'x', image: 1 }, daemon: true }],
      },
    }
    expect(errors(value).map(({ path }) => path)).toEqual([
      'spec.entrypont',
      'spec.metrics',
      'spec.templates[0].container.imag',
      'spec.templates[0].daemon',
    ])
  })

  it('names features for the README', () => {
    expect(coveredFeatures.length).toBeGreaterThan(5)
    expect(uncoveredFeatures().get('retries')).toEqual([
      'spec.templates[].retryStrategy',
      'spec.retryStrategy',
    ])
  })
})

function errors(value: unknown): { path: string; kind: string; message: string }[] {
  return decodeWorkflow(value)
    .problems.filter(isError)
    .map(({ path, kind, message }) => ({ path, kind, message }))
}

function isObject(type: Type): boolean {
  return type.kind === 'list' || type.kind === 'map' ? isObject(type.element) : type.kind === 'struct'
}

function marks(type: Type): string {
  if (type.kind === 'list') return `[]${marks(type.element)}`
  return type.kind === 'map' ? `{}${marks(type.element)}` : ''
}

/** A workflow that holds `value` at a path of the schema (`[]` is element 0, `{}` is key k), the last key replaced. */
function workflowWith(path: string, value: unknown, lastKey?: string): { path: string; value: unknown } {
  const steps = path.split('.').flatMap((step) => {
    const [name = '', ...marks] = step.split(/(\[\]|\{\})/).filter(Boolean)
    return [name, ...marks]
  })
  if (lastKey !== undefined) steps[steps.length - 1] = lastKey
  let inner = value
  let text = ''
  for (const step of steps.toReversed()) {
    inner = step === '[]' ? [inner] : step === '{}' ? { k: inner } : { [step]: inner }
  }
  for (const step of steps)
    text += step === '[]' ? '[0]' : step === '{}' ? '.k' : `${text === '' ? '' : '.'}${step}`
  return { path: text, value: inner }
}
