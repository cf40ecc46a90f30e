// How much chance a test is given: FUZZ_SIZE multiplies its number of cases, 1 is what fits the budget of a check.

export function fuzzed(cases: number): number {
  const size = Number(process.env['FUZZ_SIZE'] ?? '1')
  return Math.max(1, Math.round(cases * (size > 0 ? size : 1)))
}
