// Arguments into templates, by the vectors of the corpus.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { processArguments } from '../../../src/controller/operate/process-arguments.ts'
import { decodeStruct } from '../../../src/spec/decode.ts'
import { isError } from '../../../src/spec/problem.ts'
import { differencesOf } from '../../rig/differences.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { report } from '../../rig/report.ts'
import { sharedDir } from '../../rig/shared.ts'
import type { ConfigMap } from '../../../src/controller/pod/pod-types.ts'
import type { Arguments, Template } from '../../../src/spec/types.ts'

interface Case {
  readonly in: {
    readonly template: unknown
    readonly arguments?: unknown
    readonly globals?: Readonly<Record<string, string>>
    readonly locals?: Readonly<Record<string, string>>
    readonly validateOnly?: boolean
  }
  readonly out: { readonly error: string | null; readonly template?: unknown }
  readonly from?: string
}

const shared = sharedDir()
/** Cases compared today: the number may only grow. */
const least = 154

describeNeeding({ shared: true }, 'the corpus', () => {
  test('arguments go into templates as in the reference implementation', () => {
    const { cases } = JSON.parse(
      readFileSync(join(shared ?? '', 'corpus/vectors/process-args.json'), 'utf8'),
    ) as {
      readonly cases: readonly Case[]
    }
    const left: Record<string, number> = {}
    const failures: string[] = []
    let compared = 0
    for (const [index, item] of cases.entries()) {
      const reason = leftOut(item)
      if (reason !== undefined) {
        left[reason] = (left[reason] ?? 0) + 1
        continue
      }
      compared++
      const differences = differencesOf(answer(item), {
        error: item.out.error,
        template: decoded(item.out.template),
      })
      if (differences.length > 0) failures.push(`#${index} ${item.from ?? ''}\n  ${differences.join('\n  ')}`)
    }
    report(`process-args: ${cases.length} cases, ${compared} compared; left out: ${JSON.stringify(left)}`)
    expect(failures.join('\n\n')).toBe('')
    expect(compared).toBeGreaterThanOrEqual(least)
  })
})

function leftOut({ from, in: { template, arguments: given } }: Case): string | undefined {
  if (from === 'controller:TestWfHookHasFailures')
    return 'the case leaves out the tags that stand in its argument'
  if (JSON.stringify([template, given]).includes('{{=')) return 'expression tags'
  const problems = [decodeStruct('Template', template), decodeStruct('Arguments', given ?? {})].flatMap(
    (one) => one.problems,
  )
  return problems.find(isError)?.message
}

function answer(item: Case): unknown {
  try {
    const template = processArguments({
      template: decodeStruct<Template>('Template', item.in.template).value,
      arguments: decodeStruct<Arguments>('Arguments', item.in.arguments ?? {}).value,
      // The case shows only the tags that its template names.
      globals: { 'workflow.uid': '', ...item.in.globals },
      locals: item.in.locals ?? {},
      configMaps: () => ({ data: { 'config-map-key': 'config-map-value' } }) as unknown as ConfigMap,
    })
    return { error: null, template: decoded(template) }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

function decoded(template: unknown): unknown {
  return template === undefined ? undefined : decodeStruct('Template', template).value
}
