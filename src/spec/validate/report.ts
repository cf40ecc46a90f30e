// Collects the problems of a workflow, each once, with our path and Argo's words.

import type { Problem } from '../problem.ts'

export class Report {
  readonly #problems: Problem[] = []
  readonly #seen = new Set<string>()

  /**
   * `message` says what is wrong at `path`. `argoMessage` is Argo's whole sentence, with the way to the place in front.
   * A template that is reached on several ways is reported for the first.
   */
  add(path: string, message: string, argoMessage: string): void {
    const key = `${path}\n${message}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.#problems.push({ path, kind: 'invalid', message, level: 'error', argoMessage })
  }

  problems(): readonly Problem[] {
    return this.#problems
  }
}
