// Decoding and encoding: Go's conversions, presence, what is kept, and quantities.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeStruct, decodeWorkflow } from '../../../src/spec/decode.ts'
import { encodeParameters, encodeStruct, encodeTemplate } from '../../../src/spec/encode.ts'
import { canonicalQuantity } from '../../../src/spec/quantity.ts'
import type { Template } from '../../../src/spec/types.ts'

describe('decode', () => {
  it('turns parameter values into text with the numbers of Go', () => {
    const values = [1.1, 1e21, true, 'x', 12345678901234567890n, null]
    const parameters = values.map((value, index) => ({ name: `p${index}`, value }))
    const { workflow, problems } = decodeWorkflow({ spec: { arguments: { parameters } } })
    expect(problems).toEqual([])
    expect(workflow.spec.arguments?.parameters?.map(({ value }) => value)).toEqual([
      '1.1',
      '1000000000000000000000',
      'true',
      'x',
      '12345678901234567000',
      undefined,
    ])
  })

  it('takes keys in another case, with a warning, and not twice', () => {
    const { workflow, problems } = decodeWorkflow({ Spec: { ENTRYPOINT: 'a' } })
    expect(workflow.spec.entrypoint).toBe('a')
    expect(problems.map(({ path, level }) => [path, level])).toEqual([
      ['Spec', 'warning'],
      ['Spec.ENTRYPOINT', 'warning'],
    ])
    const twice = decodeWorkflow({ spec: { entrypoint: 'a', Entrypoint: 'b' } })
    expect(twice.workflow.spec.entrypoint).toBe('a')
    expect(twice.problems[0]?.level).toBe('error')
  })

  it('keeps what it does not understand, for the way back', () => {
    const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'x' } }
    const given = { ...object, spec: { future: { a: [1] } }, more: 1 }
    expect(decodeWorkflow(given).workflow).toEqual(given)
  })

  it('fills in a missing apiVersion and kind, and refuses another one', () => {
    expect(decodeWorkflow({ spec: {} }).workflow).toMatchObject({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
    })
    expect(decodeWorkflow({ apiVersion: 'argoproj.io/v1', spec: {} }).problems).toMatchObject([
      { path: 'apiVersion', level: 'error' },
    ])
  })

  it('tells absent, empty and null apart as Go does', () => {
    const { value, problems } = decodeStruct<Template>('Template', {
      container: { args: [], command: null, image: 'x' },
      outputs: { artifacts: [{ name: 'a', archive: { none: {} } }] },
      steps: [[{ name: 's', withItems: [null, 0, ''] }]],
    })
    expect(problems).toEqual([])
    expect(value.container).toEqual({ args: [], image: 'x' })
    expect(value.outputs?.artifacts?.[0]?.archive).toEqual({ none: {} })
    expect(value.steps?.[0]?.[0]?.withItems).toEqual([null, 0, ''])
  })

  for (const [what, value, message] of [
    ['a list for an object', { spec: [] }, 'expected an object, found a list'],
    ['an object for a list', { spec: { templates: {} } }, 'expected a list, found an object'],
    [
      'text for a number',
      { spec: { activeDeadlineSeconds: '5' } },
      'expected an integer, found the text "5"',
    ],
    [
      'a fraction for an integer',
      { spec: { activeDeadlineSeconds: 1.5 } },
      'expected an integer, found the number 1.5',
    ],
    ['text for a boolean', { spec: { archiveLogs: 'yes' } }, 'expected true or false, found the text "yes"'],
    ['an object for text', { spec: { entrypoint: {} } }, 'expected text, found an object'],
    [
      'no quantity',
      container({ resources: { limits: { cpu: 'lots' } } }),
      'expected a quantity such as 500m or 1Gi, found the text "lots"',
    ],
    ['nothing at all', 'x', 'expected an object, found the text "x"'],
  ] as const) {
    it(`refuses ${what}`, () =>
      expect(decodeWorkflow(value).problems.map((problem) => problem.message)).toEqual([message]))
  }

  it('reads numbers where text is wanted, and says so', () => {
    const { workflow, problems } = decodeWorkflow({ metadata: { labels: { a: 1, b: 1.5, c: true } } })
    expect(workflow.metadata.labels).toEqual({ a: '1', b: '1.5', c: 'true' })
    expect(problems.map(({ level }) => level)).toEqual(['warning', 'warning', 'warning'])
  })

  it('finds expression tags wherever they stand', () => {
    const { problems } = decodeWorkflow({
      spec: { templates: [{ name: 'a', script: { source: 'echo {{=1+1}}' } }] },
    })
    expect(problems).toEqual([
      {
        path: 'spec.templates[0].script.source',
        kind: 'uncovered',
        message: 'expression tags ({{= ... }}): not covered yet',
        level: 'error',
      },
    ])
  })

  it('is not drowned by nesting, and not fooled by names of the prototype', () => {
    let deep: unknown = 1
    for (let i = 0; i < 5000; i++) deep = [deep]
    const { problems } = decodeWorkflow({ spec: { templates: [{ steps: [[{ withItems: [deep] }]] }] } })
    expect(problems.map(({ message }) => message)).toEqual(['nests deeper than 100'])
    const hostile: unknown = JSON.parse('{"spec":{"__proto__":{"x":1},"constructor":1}}')
    expect(decodeWorkflow(hostile).problems.map(({ path }) => path)).toEqual([
      'spec.__proto__',
      'spec.constructor',
    ])
  })
})

describe('encode', () => {
  it('writes empty structs and leaves empty values out', () => {
    const template = {
      name: 'a',
      container: { image: 'x', args: [], tty: false, env: [{ name: 'A', value: '<&>' }] },
    }
    expect(encodeTemplate(template)).toBe(
      '{"name":"a","inputs":{},"outputs":{},"metadata":{},"container":{"name":"","image":"x",' +
        '"env":[{"name":"A","value":"\\u003c\\u0026\\u003e"}],"resources":{}}}',
    )
  })

  it('keeps the zero of a pointer and the emptiness of a required list', () => {
    expect(encodeStruct('Parameter', { name: 'p', value: '' })).toBe('{"name":"p","value":""}')
    expect(encodeStruct('DAGTemplate', { failFast: false })).toBe('{"tasks":null,"failFast":false}')
    expect(encodeStruct('DAGTemplate', { tasks: [] })).toBe('{"tasks":[]}')
  })

  it('writes parameters, and null for none', () => {
    expect(encodeParameters(undefined)).toBe('null')
    expect(encodeParameters([{ value: '1', name: 'a' }])).toBe('[{"name":"a","value":"1"}]')
  })

  it('is understood by the decoder again', () => {
    const text = fc.string({ unit: 'grapheme' })
    const template = fc.record({
      name: text,
      container: fc.record({ image: fc.string({ minLength: 1 }), args: fc.array(text, { minLength: 1 }) }),
      nodeSelector: fc.dictionary(fc.string({ minLength: 1 }), text, { minKeys: 1 }),
    })
    fc.assert(
      fc.property(template, (given) => {
        const { value, problems } = decodeStruct<Template>('Template', JSON.parse(encodeTemplate(given)))
        expect(problems).toEqual([])
        expect(encodeTemplate(value)).toBe(encodeTemplate(given))
      }),
    )
  })
})

describe('quantities', () => {
  for (const [text, canonical] of [
    ['1', '1'],
    ['1000m', '1'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1500m', '1500m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1e3', '1e3'],
    ['12e6', '12e6'],
    ['1000', '1k'],
    ['100000000', '100M'],
    ['0', '0'],
    ['-1Gi', '-1Gi'],
    ['+2', '2'],
    ['0.0000000001', '1n'],
    ['1E', '1E'],
    ['', undefined],
    ['1GiB', undefined],
    ['{{inputs.parameters.cpu}}', undefined],
    ['1e99999', undefined],
  ] as const) {
    it(`${text} is ${String(canonical)}`, () => expect(canonicalQuantity(text)).toBe(canonical))
  }
})

function container(fields: object): unknown {
  return { spec: { templates: [{ name: 'a', container: fields }] } }
}
