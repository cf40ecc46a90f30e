// Compares the status of a workflow that ran here with the recorded one: phase, and node by node all that does not depend
// on when and where it ran.

type Node = Readonly<Record<string, unknown>>
export type Nodes = Readonly<Record<string, Node>>

/** Fields that differ from run to run, or from machine to machine. */
const ofTheRun = new Set([
  'startedAt',
  'finishedAt',
  'estimatedDuration',
  'hostNodeName',
  'resourcesDuration',
  'podIP',
])

/** One line per difference; none when the nodes are the same, but for the fields `without`. */
export function compareNodes(
  actual: Nodes,
  expected: Nodes,
  without: readonly string[] = [],
): readonly string[] {
  const differences: string[] = []
  for (const [id, want] of Object.entries(expected)) {
    const got = actual[id]
    if (got === undefined) differences.push(`${id} (${String(want['name'])}): missing`)
    else differences.push(...compareNode(String(want['name']), got, want, without))
  }
  for (const [id, got] of Object.entries(actual)) {
    if (expected[id] === undefined) differences.push(`${id} (${String(got['name'])}): not in the record`)
  }
  return differences
}

function compareNode(name: string, got: Node, want: Node, without: readonly string[]): readonly string[] {
  const fields = new Set([...Object.keys(got), ...Object.keys(want)])
  return [...fields]
    .filter((field) => !ofTheRun.has(field) && !without.includes(field))
    .filter((field) => comparable(field, got[field]) !== comparable(field, want[field]))
    .map((field) => `${name}: ${field} is ${canonical(got[field])}, recorded ${canonical(want[field])}`)
}

/** Nodes that start at the same time are listed in the order in which their pods were seen. */
function comparable(field: string, value: unknown): string {
  const unordered = (field === 'children' || field === 'outboundNodes') && Array.isArray(value)
  return canonical(unordered ? value.map(String).toSorted((a, b) => (a < b ? -1 : 1)) : value)
}

/** Keys sorted, so that two texts are equal exactly when the values are; times inside are blanked. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'absent'
  )
}
