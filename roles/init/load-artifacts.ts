// Loads all input artifacts, several at a time, in an order that gives the same files as one after the other.

import { mapLimit } from '../../src/util/limit.ts'
import { cleanPath } from '../../src/pod/artifact-path.ts'
import type { Artifact } from '../../src/spec/types.ts'
import { loadArtifact, type LoadContext } from './load-artifact.ts'

const limit = 4

/** Rejects with the first error, after the other loads have been stopped. */
export async function loadArtifacts(artifacts: readonly Artifact[], context: LoadContext): Promise<void> {
  const running: Promise<void>[] = []
  await mapLimit(artifacts, { limit, signal: context.signal }, (artifact, signal, index) => {
    // Inputs may lie within each other in one volume: those keep the order of the template. Work starts in that order
    // too, so an earlier one has always begun and this cannot wait for ever.
    const before = running.filter((_, earlier) => overlap(artifacts[earlier], artifact))
    const work = Promise.all(before).then(() => loadArtifact(artifact, { ...context, signal }))
    running[index] = work
    return work
  })
}

function overlap(a: Artifact | undefined, b: Artifact): boolean {
  const one = `${cleanPath(a?.path ?? '')}/`
  const other = `${cleanPath(b.path ?? '')}/`
  return one.startsWith(other) || other.startsWith(one)
}
