// What is wrong with a manifest: a value, so that all problems can be told at once.

export interface Problem {
  /** Where, e.g. `spec.templates[0].container.imagee`; '' for the whole document. */
  readonly path: string
  readonly kind: 'syntax' | 'unknown' | 'uncovered' | 'type' | 'invalid'
  /** What was found and what to do, without the path. */
  readonly message: string
  readonly level: 'error' | 'warning'
  /** Argo's own words, where others match on them. */
  readonly argoMessage?: string
}

export function isError(problem: Problem): boolean {
  return problem.level === 'error'
}

/** `path: message`, for logs and for the message of a workflow that is refused. */
export function problemText(problem: Problem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`
}

/** `spec` and `name` make `spec.name`; a key that is no plain word is put in brackets. */
export function childPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  if (!/^[\w$-]+$/u.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}
