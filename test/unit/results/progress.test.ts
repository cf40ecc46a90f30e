// Progress texts, by the conformance vectors and by the words of the rule.

import { expect, test } from 'vitest'
import { isProgress } from '../../../src/results/progress.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { vectors } from '../../rig/vectors.ts'

describeNeeding({ shared: true }, 'progress vectors', () => {
  const cases = vectors<string, { readonly valid: boolean }>('progress')
  test.each(cases.map((one) => [one.in, one.out.valid] as const))('%j', (text, valid) => {
    expect(isProgress(text)).toBe(valid)
  })
})

test.each([
  ['0/1', true],
  ['100/100', true],
  ['101/100', false],
  ['+1/2', true],
  ['1/99999999999999999999', true],
  ['99999999999999999999/1', false],
  ['1/2\n', false],
  ['1.5/2', true],
  ['0x1/2', true],
  ['1/0x2', false],
])('%j', (text, valid) => {
  expect(isProgress(text)).toBe(valid)
})
