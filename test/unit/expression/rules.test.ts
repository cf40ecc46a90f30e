// Rules of the language that the vectors do not reach, and properties that hold for any text.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateCondition } from '../../../src/expression/depends/evaluate-condition.ts'
import { evaluateDepends } from '../../../src/expression/depends/evaluate-depends.ts'
import { expandItem } from '../../../src/expression/expand-item.ts'
import { expandSequence } from '../../../src/expression/expand-sequence.ts'
import { goJson } from '../../../src/expression/go-json.ts'
import { formatFixed, formatGeneral, formatJsonNumber } from '../../../src/expression/go-number.ts'
import { sprintfInteger } from '../../../src/expression/go-printf.ts'
import { itemValue, parseItems } from '../../../src/expression/item-string.ts'
import { isMissingVariable, replaceTags } from '../../../src/expression/replace-tags.ts'
import { creationTimestampVariables } from '../../../src/expression/strftime.ts'
import { evaluateWhen } from '../../../src/expression/when.ts'
import { fnv132 } from '../../../src/expression/fnv.ts'
import { outcome } from '../../rig/vectors.ts'

describe('tags', () => {
  it('put any value into JSON text so that it reads back the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = replaceTags('{"a":"<{{x}}>"}', { x: value }, { allowUnresolved: false })
        expect((JSON.parse(text) as { a: string }).a).toBe(`<${value.toWellFormed()}>`)
      }),
    )
  })

  it('do not reach the prototype', () => {
    expect(() => replaceTags('"{{constructor}}"', {}, { allowUnresolved: false })).toThrow(
      'failed to resolve {{constructor}}',
    )
  })

  it('of expressions are refused, with the expression as it was written', () => {
    const text = JSON.stringify({ a: '{{=asInt("1") + 1}}' })
    const { error } = outcome(() => replaceTags(text, {}, { allowUnresolved: true }))
    expect(error).toBe('expression tags ({{= ... }}) are not covered: {{=asInt("1") + 1}}')
  })

  it('that are missing are told from other failures', () => {
    const failure = (options: Parameters<typeof replaceTags>[2], vars: Record<string, null>): unknown => {
      try {
        return replaceTags('"{{steps.a.outputs.result}}"', vars, options)
      } catch (error) {
        return error
      }
    }
    expect(isMissingVariable(failure({ allowUnresolved: false }, {}))).toBe(true)
    expect(isMissingVariable(failure({ allowUnresolved: false }, { 'steps.a.outputs.result': null }))).toBe(
      false,
    )
  })

  it('of artifacts wait below strict prefixes', () => {
    const text = '"{{steps.a.outputs.artifacts.x}}"'
    expect(replaceTags(text, {}, { strictPrefixes: ['steps'] })).toBe(text)
  })
})

describe('when', () => {
  const cases: readonly (readonly [string, boolean | string])[] = [
    ['"2024-01-02" > "2023-12-31"', true],
    ["'2024-01-02T00:00:00Z' == '2024-01-02T01:00:00+01:00'", true],
    ['true ? false : true', false],
    ['2 ** 3 == 8', true],
    ['7 % 4 == 3', true],
    ['1 << 4 == 16', true],
    ['~1 == -2', true],
    ['(1, 2) == (1, 2)', true],
    ["'v' + 1e0 == 'v1'", "Invalid 'when' expression"],
    ["'v' + 1000000000000000000000 == 'v1e+21'", true],
    ['a && true', "Value 'a' cannot be used with the logical operator '&&', it is not a bool"],
    ["-'a' == 1", 'Cannot transition token types from PREFIX [-] to STRING [a]'],
    ['foo(1)', 'Undefined function foo'],
    ["'x' (1)", 'Cannot transition token types from STRING [x] to CLAUSE [40]'],
    ["'open", 'Unclosed string literal'],
    ['[open', 'Unclosed parameter bracket'],
    ['1.2.3 == 1', "Unable to parse numeric value '1.2.3' to float64"],
    ['Foo.Bar == x', "No parameter 'Foo' found."],
    ['==', 'Cannot transition token types from UNKNOWN [<nil>] to COMPARATOR [==]'],
  ]
  for (const [text, expected] of cases) {
    it(`${text} is ${String(expected)}`, () => {
      const { value, error } = outcome(() => evaluateWhen(text))
      if (typeof expected === 'boolean') expect({ value, error }).toEqual({ value: expected, error: null })
      else expect(error).toContain(expected)
    })
  }

  it('ends for any text, with a boolean or a message', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '1',
      'a',
      "'b'",
      ' ',
      '==',
      '&&',
      '!',
      '-',
      ',',
      '?',
      ':',
      '=~',
      'in',
      '\\',
      '"',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { value, error } = outcome(() => evaluateWhen(pieces.join('')))
        expect(typeof value === 'boolean' || typeof error === 'string').toBe(true)
      }),
    )
  })

  it('is not exhausted by parentheses or by a hostile pattern', () => {
    expect(() => evaluateWhen(`${'('.repeat(5000)}true${')'.repeat(5000)}`)).toThrow('deeper than')
    expect(evaluateWhen(`'${'a'.repeat(40)}!' =~ '^(a+)+$'`)).toBe(false)
  })
})

describe('depends', () => {
  const none = {
    Failed: false,
    Errored: false,
    Skipped: false,
    Omitted: false,
    Daemoned: false,
    AnySucceeded: false,
    AllFailed: false,
  }
  const results = { 'a-b': { Succeeded: true, ...none } }

  it('takes names with dashes', () => expect(evaluateCondition('a-b.Succeeded', results)).toBe(true))

  for (const [condition, message] of [
    ['c.Succeeded', 'unknown name c (1:1)\n | c.Succeeded\n | ^'],
    ['a-b', 'unable to cast expression result'],
    ['a-b.Succeeded && ', 'unexpected token EOF (1:17)'],
    ['a-b.Succeeded a-b.Failed', 'unexpected token Identifier("a_b") (1:15)'],
    ['a-b == true', 'invalid operation: == (mismatched types controller.TaskResults and bool) (1:5)'],
    ['a-b.Succeeded @', "unrecognized character: U+0040 '@' (1:15)"],
  ] as const) {
    it(`refuses ${condition}`, () => {
      expect(outcome(() => evaluateCondition(condition, results)).error).toContain(message)
    })
  }

  it('waits for hooks and for children of a group', () => {
    const node = { phase: 'Succeeded', type: 'Pod', hooksFulfilled: false }
    const input = { logic: 'a.Succeeded', ownNodeExists: false }
    expect(evaluateDepends({ ...input, dependencies: { a: node } })).toEqual({
      proceed: false,
      execute: false,
    })
    const group = { phase: 'Failed', type: 'TaskGroup', childPhases: ['Failed', undefined] }
    expect(evaluateDepends({ ...input, logic: 'a.AllFailed', dependencies: { a: group } }).execute).toBe(
      false,
    )
  })
})

describe('loops', () => {
  it('keep the digits of numbers in a withParam text', () => {
    const [first, second] = parseItems('[1.10, 1152921504606846977]')
    expect([itemValue(first), itemValue(second)]).toEqual(['1.10', '1152921504606846977'])
    const { name } = expandItem({ name: 's', index: 0, item: first, stepJson: '{}' })
    expect(name).toBe('s(0:1.10)')
  })

  it('leave parentheses out of names and keep them in values', () => {
    const expanded = expandItem({ name: 's', index: 1, item: 'f(x)', stepJson: '{"a":"{{item}}"}' })
    expect(expanded).toEqual({ name: 's(1:fx)', stepJson: '{"a":"f(x)"}' })
  })

  it('tolerate unknown tags only in a body that is skipped for sure', () => {
    const input = { name: 's', index: 0, item: 1, stepJson: '{"a":"{{b}}"}' }
    expect(expandItem({ ...input, when: 'false' }).stepJson).toBe('{"a":"{{b}}"}')
    expect(() => expandItem({ ...input, when: 'true' })).toThrow('failed to resolve {{b}}')
  })

  it('refuse a sequence that never ends', () => {
    expect(() => expandSequence({ count: '99999999' })).toThrow('at most 1000000')
  })

  it('format integers as Go does', () => {
    const formats = [
      '%+d',
      '%-4d|',
      '%#x',
      '%08.3d',
      '%b',
      '%c',
      '%q',
      '%U',
      '%',
      '%d %d',
      'none',
      '%z',
      '%% d',
    ]
    expect(formats.map((format) => sprintfInteger(format, 65))).toEqual([
      '+65',
      '65  |',
      '0x41',
      '     065',
      '1000001',
      'A',
      "'A'",
      'U+0041',
      '%!(NOVERB)%!(EXTRA int=65)',
      '65 %!d(MISSING)',
      'none%!(EXTRA int=65)',
      '%!z(int=65)',
      '% d%!(EXTRA int=65)',
    ])
  })
})

describe('numbers and JSON of Go', () => {
  it('differ from those of JavaScript', () => {
    expect([1e21, 1e-7, 123456789012, -0, 1.1, 1e20].map(formatFixed)).toEqual([
      '1000000000000000000000',
      '0.0000001',
      '123456789012',
      '-0',
      '1.1',
      '100000000000000000000',
    ])
    expect([1e21, 1e-7, 1.5e300, 1e20].map(formatJsonNumber)).toEqual([
      '1e+21',
      '1e-7',
      '1.5e+300',
      '100000000000000000000',
    ])
    expect([1e21, 0.00001, 1e6].map(formatGeneral)).toEqual(['1e+21', '1e-05', '1000000'])
  })

  it('sort the keys of maps and escape for HTML', () => {
    expect(goJson({ b: '<&>\u2028', a: [1, null, { z: true, y: 1.5 }] })).toBe(
      '{"a":[1,null,{"y":1.5,"z":true}],"b":"\\u003c\\u0026\\u003e\\u2028"}',
    )
  })

  it('is JSON that reads back the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(goJson(value))).toEqual(value)
      }),
    )
  })

  it('hash nothing as Go does', () => expect(fnv132('null')).toBe(784127654))
})

it('variables of the creation time', () => {
  const variables = creationTimestampVariables(new Date('2024-02-03T16:05:06Z'))
  expect(variables).toMatchObject({
    'workflow.creationTimestamp': '2024-02-03T16:05:06Z',
    'workflow.creationTimestamp.I': '04',
    'workflow.creationTimestamp.p': 'PM',
    'workflow.creationTimestamp.s': '1706976306',
    'workflow.creationTimestamp.z': '+0000',
  })
})
