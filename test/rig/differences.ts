// Where two JSON values differ, as lines that name the path: for comparisons of whole objects with a corpus.

/** `undefined` members count as absent. Empty when both say the same. */
export function differencesOf(found: unknown, wanted: unknown, path = '$'): readonly string[] {
  if (Object.is(found, wanted)) return []
  if (isObject(found) && isObject(wanted) && Array.isArray(found) === Array.isArray(wanted)) {
    const keys = new Set([...Object.keys(found), ...Object.keys(wanted)])
    return [...keys].flatMap((key) => differencesOf(found[key], wanted[key], `${path}.${key}`))
  }
  return [`${path}: found ${show(found)}, wanted ${show(wanted)}`]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
