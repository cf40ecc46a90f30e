// Order, ancestors and circles of the tasks of a dag. Iterative, so that a long chain does not exhaust the stack.

/** The names that each task depends on. */
export type TaskGraph = ReadonlyMap<string, readonly string[]>

/** Tasks after those they depend on, else as written; tasks of a circle come last. */
export function inOrder(graph: TaskGraph): readonly string[] {
  const { ordered, left } = peel(graph)
  return [...ordered, ...left]
}

/** One circle, first name repeated at its end; undefined when there is none. */
export function findCycle(graph: TaskGraph): readonly string[] | undefined {
  const left = new Set(peel(graph).left)
  let name = [...left][0]
  const way: string[] = []
  while (name !== undefined) {
    const start = way.indexOf(name)
    if (start >= 0) return [...way.slice(start), name]
    way.push(name)
    name = graph.get(name)?.find((dependency) => left.has(dependency))
  }
  return undefined
}

/** All tasks that must end before `name` starts. */
export function ancestorsOf(graph: TaskGraph, name: string): ReadonlySet<string> {
  const ancestors = new Set<string>()
  const open = [...(graph.get(name) ?? [])]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (ancestors.has(next) || !graph.has(next)) continue
    ancestors.add(next)
    open.push(...(graph.get(next) ?? []))
  }
  return ancestors
}

/** Takes away tasks whose dependencies are all gone, in rounds; what is left hangs on a circle. */
function peel(graph: TaskGraph): { readonly ordered: readonly string[]; readonly left: readonly string[] } {
  const waiting = new Map<string, number>()
  const dependents = new Map<string, string[]>()
  for (const [name, dependencies] of graph) {
    const known = new Set(dependencies.filter((dependency) => graph.has(dependency)))
    waiting.set(name, known.size)
    for (const dependency of known) {
      const others = dependents.get(dependency)
      if (others === undefined) dependents.set(dependency, [name])
      else others.push(name)
    }
  }
  const ordered = [...graph.keys()].filter((name) => waiting.get(name) === 0)
  for (const name of ordered) {
    for (const dependent of dependents.get(name) ?? []) {
      const count = (waiting.get(dependent) ?? 0) - 1
      waiting.set(dependent, count)
      if (count === 0) ordered.push(dependent)
    }
  }
  return { ordered, left: [...graph.keys()].filter((name) => (waiting.get(name) ?? 0) > 0) }
}
