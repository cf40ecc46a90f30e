// Compares an object of ours with a recorded one, field by field; placeholders of the recording are checked by shape.

/** What may stand where the recording shows `<…>`. */
const shapes: Readonly<Record<string, string>> = {
  uid: '(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
  time: '(?:\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z)',
  date: '(?:\\d{4}-\\d\\d-\\d\\d)',
  ip: '(?:\\d{1,3}(?:\\.\\d{1,3}){3})',
  host: '[-a-z0-9.]+',
  random: '(?:[0-9a-f]{32}|[0-9a-f]{16}|[a-z0-9]{5,10})',
  Y: '\\d{4}',
  m: '\\d\\d',
  d: '\\d\\d',
}

export interface Difference {
  /** JSON path, list items by index. */
  readonly path: string
  readonly recorded: unknown
  readonly ours: unknown
}

export interface CompareOptions {
  /** Also takes a placeholder for itself: for input that was itself taken from the recording. */
  readonly echo?: boolean
}

export interface Comparison {
  readonly differences: readonly Difference[]
  /** Values that were compared by their shape only. */
  readonly byShape: number
}

/** Every difference; the order of lists counts, that of keys does not. JSON text within a string is compared as text. */
export function compareShape(recorded: unknown, ours: unknown, options: CompareOptions = {}): Comparison {
  const differences: Difference[] = []
  let byShape = 0
  const visit = (path: string, a: unknown, b: unknown): void => {
    if (Array.isArray(a) && Array.isArray(b)) {
      for (let i = 0; i < Math.max(a.length, b.length); i++) visit(`${path}[${i}]`, a[i], b[i])
    } else if (isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        visit(`${path}.${key}`, a[key], b[key])
    } else if (typeof a === 'string' && typeof b === 'string' && a !== b && matchesShape(a, b, options))
      byShape++
    else if (a !== b) differences.push({ path, recorded: a, ours: b })
  }
  visit('', recorded, ours)
  return { differences, byShape }
}

function matchesShape(recorded: string, ours: string, { echo = false }: CompareOptions = {}): boolean {
  const parts = recorded.split(/<([a-zA-Z]+)>/)
  if (parts.length === 1) return recorded === ours
  const shapeOf = (name: string): string => {
    const itself = literal(`<${name}>`)
    const shape = shapes[name]
    if (shape === undefined) return itself
    // In JSON within JSON the angle brackets of a placeholder are escaped.
    return echo ? `(?:${shape}|${itself}|${literal(`\\u003c${name}\\u003e`)})` : shape
  }
  const pattern = parts.map((part, index) => (index % 2 === 0 ? literal(part) : shapeOf(part)))
  return new RegExp(`^${pattern.join('')}$`, 's').test(ours)
}

/** A difference in one line; of long texts the part around the first character that differs. */
export function differenceText({ path, recorded, ours }: Difference): string {
  const [a, b] = [recorded, ours].map((value) => JSON.stringify(value) ?? 'nothing') as [string, string]
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const from = Math.max(0, at - 40)
  return `${path}: recorded ${a.slice(from, at + 120)}, ours ${b.slice(from, at + 120)}`
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
