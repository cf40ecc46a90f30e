// Durations as Go's time.ParseDuration and Argo read and print them.

const unitsNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

/** Milliseconds of a Go duration such as `1h30m` or `1.5s`; undefined when the text is none (`2d`, ``, `5`). */
export function parseGoDurationMs(text: string): number | undefined {
  if (text === '0') return 0
  const match = /^([+-]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/u.exec(text)
  if (match === null) return undefined
  let totalNs = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gu)) {
    totalNs += Number(amount) * (unitsNs[unit ?? ''] ?? 0)
  }
  return (match[1] === '-' ? -totalNs : totalNs) / 1e6
}

/** Argo's rule for fields of type duration string: a bare integer is seconds, else a Go duration. */
export function parseArgoDurationMs(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) * 1000 : parseGoDurationMs(text)
}
