// Progress of a node as users report it: `N/M`.

/**
 * The text itself when it is a progress: N at least 0 and at most M, M above 0.
 * parity: what is no number counts as 0, so `x/2` is a progress and `2/x` is none.
 */
export function parseProgress(text: string | undefined): string | undefined {
  const parts = text?.split('/') ?? []
  if (parts.length !== 2) return undefined
  const [done = 0, total = 0] = parts.map(wholeNumber)
  return total > 0 && done >= 0 && done <= total ? text : undefined
}

function wholeNumber(text: string): number {
  return /^[+-]?\d+$/.test(text) ? Number(text) : 0
}
