// What people see: the tree, the summary, lines of steps, and what must not reach a terminal.

import { describe, expect, test } from 'vitest'
import { createPlainView } from '../../../../roles/run/plain-view.ts'
import type { NodeStatus, Workflow } from '../../../../src/spec/types.ts'
import { stepName } from '../../../../src/local/state/step-name.ts'
import { createPaint, fit, oneLine, wantsColour, widthOf } from '../../../../src/local/view/paint.ts'
import { renderTree } from '../../../../src/local/view/render-tree.ts'
import { createStepLines } from '../../../../src/local/view/step-lines.ts'
import { summaryLines } from '../../../../src/local/view/summary.ts'

const plain = createPaint(false)
const now = new Date('2026-01-01T00:01:10Z')

function node(id: string, more: Partial<NodeStatus>): NodeStatus {
  return {
    id,
    name: id,
    displayName: id,
    type: 'Pod',
    phase: 'Succeeded',
    startedAt: '2026-01-01T00:00:00Z',
    ...more,
  }
}

function workflow(nodes: readonly NodeStatus[], phase: 'Running' | 'Failed' = 'Running'): Workflow {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'wf' },
    spec: {},
    status: {
      phase,
      startedAt: '2026-01-01T00:00:00Z',
      nodes: Object.fromEntries(nodes.map((one) => [one.id, one])),
    },
  }
}

describe('tree', () => {
  const steps = workflow([
    node('wf', { type: 'Steps', phase: 'Running', children: ['g'] }),
    node('g', { name: 'wf[0]', displayName: '[0]', type: 'StepGroup', boundaryID: 'wf' }),
    node('b10', {
      name: 'wf[0].b(10:x)',
      displayName: 'b(10:x)',
      boundaryID: 'wf',
      finishedAt: '2026-01-01T00:00:02Z',
    }),
    node('b2', {
      name: 'wf[0].b(2:x)',
      displayName: 'b(2:x)',
      boundaryID: 'wf',
      phase: 'Failed',
      message: 'broken\n\u001B[31m',
    }),
  ])

  test('groups are left out, items are in the order of their numbers', () => {
    const lines = renderTree(steps, { columns: 80, paint: plain, now })
    expect(lines).toEqual([
      '● wf        1m10s',
      '✖   b(2:x)  1m10s  Failed broken ⏎ [31m',
      '✔   b(10:x)    2s',
    ])
  })

  test.each([8, 20, 40, 79])('no line is wider than %d columns', (columns) => {
    for (const line of renderTree(steps, { columns, paint: plain, now }))
      expect(widthOf(line)).toBeLessThanOrEqual(Math.max(columns, 10))
  })

  test('a circle of boundaries ends', () => {
    const circle = workflow([
      node('a', { boundaryID: 'b' }),
      node('b', { boundaryID: 'a' }),
      node('c', { boundaryID: '' }),
    ])
    expect(renderTree(circle, { columns: 80, paint: plain, now })).toHaveLength(2)
  })
})

describe('summary', () => {
  test('names the steps that failed themselves', () => {
    const failed = workflow(
      [
        node('wf', { type: 'Steps', phase: 'Failed', message: 'child failed', children: ['x'] }),
        node('x', {
          name: "wf[0].it's(0:a b)",
          phase: 'Failed',
          message: 'main: Error (exit code 3)\n',
          boundaryID: 'wf',
        }),
      ],
      'Failed',
    )
    const lines = summaryLines(failed, plain)
    expect(lines).toContain("  it's(0:a b): main: Error (exit code 3)")
    expect(lines.at(-1)).toBe(String.raw`  argo logs wf 'it'\''s(0:a b)' shows what it printed`)
  })
})

describe('summary of a workflow that never came to a pod', () => {
  test('names the node that failed itself, cut where it is long', () => {
    const deep = `wf${'[0].again'.repeat(99)}`
    const failed = workflow(
      [
        node('wf', { type: 'Steps', phase: 'Failed', message: "child 'x' failed", children: ['x'] }),
        node('x', {
          name: deep,
          type: 'StepGroup',
          phase: 'Error',
          message: `child ${deep} error: too deep`,
        }),
      ],
      'Failed',
    )
    const lines = summaryLines(failed, plain).filter((line) => line.includes('again'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^ {2}again: child wf\[0\].*….*again error: too deep$/)
    expect(lines[0]?.length).toBeLessThan(500)
    expect(summaryLines(failed, plain).at(-1)).toBe('  argo logs wf shows what the steps printed')
  })
})

test('a name that grew with the depth of templates is one line of the plain view, cut in the middle', () => {
  const written: string[] = []
  const view = createPlainView({
    write: (text) => written.push(text),
    columns: () => 80,
    rows: () => 24,
    paint: plain,
  })
  const name = `wf${'[0].again'.repeat(200)}.last`
  const message = `child '${name}' failed`
  view.workflow(workflow([node('x', { name, phase: 'Failed', message }), node('y', { name: 'wf[0].short' })]))
  view.close()
  expect(written).toHaveLength(2)
  expect(written[0]).toMatch(/^✖ Failed {4}wf\[0\]\.again.*….*\.last .*child 'wf.*….*last' failed\n$/)
  expect(written[0]?.length).toBeLessThan(600)
  expect(written[1]).toContain(' wf[0].short')
})

describe('text of strangers on a terminal', () => {
  test('control characters do not reach it', () => {
    expect(oneLine('a\r\nb\u001B[2Jc\u0007\u009B1m')).toBe('a ⏎ b[2Jc1m')
  })
  test.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['longer than that', 6, 'longe…'],
    ['日本語テキスト', 6, '日本…'],
  ])('%s in %d columns', (text, columns, result) => {
    expect(fit(text, columns)).toBe(result)
  })
  test('NO_COLOR', () => {
    expect(wantsColour(true, { NO_COLOR: '1' })).toBe(false)
    expect(wantsColour(true, { NO_COLOR: '' })).toBe(true)
    expect(wantsColour(false, {})).toBe(false)
  })
})

test('output becomes whole lines, also in pieces of a character', () => {
  const lines: string[] = []
  const steps = createStepLines(plain, (line) => lines.push(line))
  const text = Buffer.from('grün\nblau')
  for (const byte of text) steps.add('one', Buffer.of(byte))
  steps.add('two', Buffer.from('x\r\n'))
  steps.flush()
  expect(lines).toEqual(['one: grün', 'two: x', 'one: blau'])
})

test.each([
  ['wf', 'wf'],
  ['wf[0].a', 'a'],
  ['wf[1].b(0:file.txt)', 'b(0:file.txt)'],
  ['wf.dag.task(2:a:1.5,b:2)', 'task(2:a:1.5,b:2)'],
  ['wf.onExit', 'onExit'],
])('%s is called %s', (name, short) => {
  expect(stepName(name, 'wf')).toBe(short)
})
