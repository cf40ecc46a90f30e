// Pods that were created a moment ago and that the watch has not told about yet.

import type { Pod } from './pod/pod-types.ts'

/** Uids that are remembered: far more pods than are created between a create and its event. */
const most = 10_000

export class CreatedPods {
  readonly #pods = new Map<string, Pod>()
  /** The watch may be quicker than the answer to the create, and the pod may even be gone again by then. */
  readonly #seen = new Set<string>()

  /** The answer to a create. */
  add(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    if (!this.#seen.has(uid)) this.#pods.set(uid, pod)
  }

  /** The watch has told about the pod: from now on it knows better. */
  see(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    this.#pods.delete(uid)
    this.#seen.delete(uid)
    this.#seen.add(uid)
    if (this.#seen.size <= most) return
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest)
      break
    }
  }

  list(): readonly Pod[] {
    return [...this.#pods.values()]
  }
}
