// Manifests: Go's reading of YAML, places of problems, and text that means harm.

import { describe, expect, it } from 'vitest'
import { decodeWorkflow } from '../../../src/spec/decode.ts'
import { parseManifests } from '../../../src/spec/manifest/parse-manifests.ts'
import { renderProblem, renderSyntaxProblem } from '../../../src/spec/manifest/render-problem.ts'

describe('scalars', () => {
  for (const [text, value] of [
    ['010', 8],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b101', 5],
    ['1_000', 1000],
    ['+5', 5],
    ['-0', 0],
    ['1e3', 1000],
    ['.5', 0.5],
    ['1.', 1],
    ['yes', true],
    ['Off', false],
    ['~', null],
    ['', null],
    ['2001-12-14', '2001-12-14'],
    ['1:30', '1:30'],
    ['.inf', '.inf'],
    ['1e', '1e'],
    ['"yes"', 'yes'],
    ['12345678901234567890', 12345678901234567890n],
    ['09', 9],
  ] as const) {
    it(`${text} is ${String(value)}`, () => {
      const { documents, problems } = parseManifests(`a: ${text}\nb: 1`, 'f')
      expect(problems).toEqual([])
      expect(documents[0]?.value).toEqual({ a: value, b: 1 })
    })
  }

  it('quotes and brackets may end at the depth of their key', () => {
    const { documents, problems } = parseManifests(
      'a:\n  args: ["\n    x ;\n    y\n  "]\n  b: [1,\n2]\nc: 3',
      'f',
    )
    expect(problems).toEqual([])
    expect(documents[0]?.value).toEqual({ a: { args: [' x ; y '], b: [1, 2] }, c: 3 })
  })

  it('merge keys and several documents', () => {
    const { documents } = parseManifests('x: &x {a: 1}\nz:\n  <<: *x\n  b: 2\n---\n---\nkind: Workflow', 'f')
    expect(documents.map(({ value, kind }) => [value, kind])).toEqual([
      [{ x: { a: 1 }, z: { a: 1, b: 2 } }, ''],
      [{ kind: 'Workflow' }, 'Workflow'],
    ])
  })
})

describe('problems', () => {
  it('show file, line, column, the line and a caret', () => {
    const text = 'kind: Workflow\nspec:\n  templates:\n  - name: a\n    container:\n\n      imagee: x\n'
    const [manifest] = parseManifests(text, 'dir/flow.yaml').documents
    if (manifest === undefined) throw new Error('no document')
    expect(
      decodeWorkflow(manifest.value).problems.map((problem) => renderProblem(problem, manifest)),
    ).toEqual([
      "dir/flow.yaml:7:7: spec.templates[0].container.imagee: unknown field 'imagee', did you mean 'image'?\n" +
        '        imagee: x\n        ^',
    ])
  })

  it('have a place in JSON too, and in a second document', () => {
    const json = '{"kind": "Workflow",\n "spec": {"entrypoin": "a"}}'
    const [first] = parseManifests(json, 'f.json').documents
    expect(first?.position('spec.entrypoin')).toEqual({ line: 2, column: 11 })
    const [, second] = parseManifests('a: 1\n---\nb:\n  "c d": 2\n', 'f').documents
    expect(second?.position('b["c d"]')).toEqual({ line: 4, column: 3 })
    expect(second?.position('b.missing')).toEqual({ line: 3, column: 1 })
  })

  for (const [what, text, rendered] of [
    ['an empty file', '', 'f: the file holds no document'],
    ['only comments', '# nothing\n---\n', 'f: the file holds no document'],
    ['a missing bracket', 'a: [1, 2\nb: 3', 'f:2:5: Flow sequence in block collection'],
    ['a tab', 'a:\n\t- b', 'f:2:1: Tabs are not allowed as indentation'],
    ['two mappings in a line', 'a: b: c', 'f:1:4: Nested mappings'],
    ['an unknown alias', 'a: *nope', 'f:1:1: Unresolved alias'],
    ['an equal key', 'a: 1\na: 2', 'f:2:1: warning: the key is given twice: the last one counts'],
  ] as const) {
    it(`of the syntax: ${what}`, () => {
      const [problem] = parseManifests(text, 'f').problems
      expect(problem === undefined ? '' : renderSyntaxProblem(problem)).toContain(rendered)
    })
  }

  it('do not send control characters of the file to the terminal', () => {
    const [problem] = parseManifests('a: b: \u001b[2J', 'f').problems
    expect(problem === undefined ? '' : renderSyntaxProblem(problem)).not.toContain('\u001b')
  })
})

describe('hostile text', () => {
  it('with aliases of aliases is refused', () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x]']
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef']) {
      lines.push(
        `${String(to)}: &${String(to)} [${Array.from({ length: 9 }, () => `*${String(from)}`).join(',')}]`,
      )
    }
    expect(parseManifests(lines.join('\n'), 'f').problems[0]?.message).toContain('Excessive alias count')
  })

  it('that nests by the thousand is refused', () => {
    expect(parseManifests('['.repeat(50_000), 'f').problems[0]?.message).toBe('the document nests too deeply')
    expect(parseManifests('{"a":'.repeat(50_000), 'f').problems).toHaveLength(1)
  })

  it('of ten megabytes is read', () => {
    const template = (index: number): string =>
      JSON.stringify({ name: `t${index}`, container: { image: 'x'.repeat(900) } })
    const templates = Array.from({ length: 11_000 }, (_, index) => template(index)).join(',')
    const text = `{"kind":"Workflow","spec":{"templates":[${templates}]}}`
    expect(text.length).toBeGreaterThan(10e6)
    const { documents } = parseManifests(text, 'f')
    expect(decodeWorkflow(documents[0]?.value).problems).toEqual([])
  })
})
