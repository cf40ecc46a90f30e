// Progress of a step as its command writes it: `N/M`.

/** parity: a half that is no number counts as 0, so `1 /2` is progress of 2 (vectors: progress). */
export function isProgress(text: string): boolean {
  const halves = text.split('/')
  if (halves.length !== 2) return false
  const done = toInt64(halves[0] ?? '')
  const all = toInt64(halves[1] ?? '')
  return done >= 0n && all > 0n && done <= all
}

const largest = 2n ** 63n - 1n

/** Go's ParseInt with its error ignored: 0 for what is no number, the nearest bound for what is too large. */
function toInt64(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) return 0n
  const negative = text.startsWith('-')
  const value = BigInt(text.replace(/^[+-]/, ''))
  if (negative) return value > largest ? -largest - 1n : -value
  return value > largest ? largest : value
}
