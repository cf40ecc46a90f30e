// The vectors of the conformance corpus: inputs with the results of the original, for single rules.

import { readFileSync } from 'node:fs'
import { report } from './report.ts'
import { sharedDir } from './shared.ts'

export interface Vector<In, Out> {
  readonly in: In
  readonly out: Out
  readonly from?: string
}

/** The cases of a file; [] when the corpus is not there (such tests are described with `describeNeeding`). */
export function vectors<In, Out>(name: string): readonly Vector<In, Out>[] {
  const folder = sharedDir()
  if (folder === undefined) return []
  const text = readFileSync(`${folder}/corpus/vectors/${name}.json`, 'utf8')
  return (JSON.parse(text) as { readonly cases: readonly Vector<In, Out>[] }).cases
}

export interface VectorCounts {
  readonly passed: number
  readonly failures: readonly string[]
  /** Cases that were left out, by reason. */
  readonly skipped: ReadonlyMap<string, number>
}

/** A string leaves the case out, for that reason; else the result that is compared with `expected`. */
export type Attempt = string | { readonly actual: unknown; readonly expected: unknown }

/** Runs all cases, prints how many were compared and why others were not. */
export function runVectors<In, Out>(
  name: string,
  attempt: (vector: Vector<In, Out>) => Attempt,
): VectorCounts {
  const skipped = new Map<string, number>()
  const failures: string[] = []
  let passed = 0
  for (const vector of vectors<In, Out>(name)) {
    const result = attempt(vector)
    if (typeof result === 'string') {
      skipped.set(result, (skipped.get(result) ?? 0) + 1)
      continue
    }
    const actual = stable(result.actual)
    const expected = stable(result.expected)
    if (actual === expected) passed++
    else
      failures.push(
        `${JSON.stringify(vector.in).slice(0, 500)}\n  got      ${actual}\n  expected ${expected}`,
      )
  }
  const left = [...skipped].map(([reason, count]) => `${count} ${reason}`).join(', ')
  report(`${name}: ${passed} passed, ${failures.length} failed${left === '' ? '' : `, left out: ${left}`}`)
  return { passed, failures, skipped }
}

/** What a call gives: its value, or the message of its error. */
export function outcome<T>(call: () => T): { readonly value?: T; readonly error: string | null } {
  try {
    return { value: call(), error: null }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

/** JSON text with sorted keys, so that only values are compared. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
