// Vectors of `$(NAME)` as Kubernetes expands it.

import { describe, expect, test } from 'vitest'
import { expand } from '../../../../src/local/engine/expand.ts'

describe('expand', () => {
  const variables = { A: 'one', B: '$(A)', 'C.D': 'dotted' }
  test.each([
    ['$(A)', 'one'],
    ['x$(A)y$(A)', 'xoneyone'],
    ['$(missing) $A ${A}', '$(missing) $A ${A}'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$one'],
    ['$(B)', '$(A)'],
    ['$(C.D)', 'dotted'],
    ['$(A', '$(A'],
    ['$', '$'],
    ['$(constructor)', '$(constructor)'],
  ])('%s is %s', (text, result) => {
    expect(expand(text, variables)).toBe(result)
  })
})
