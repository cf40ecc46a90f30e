// Uploads the logs of the main containers when the template archives them.

import { join } from 'node:path'
import { errorMessage } from '../../src/errors/argo-error.ts'
import { containerDir, mailbox } from '../../src/pod/paths.ts'
import type { Artifact } from '../../src/spec/types.ts'
import { openShared } from './output-places.ts'
import { upload, type SaveContext, type SavedArtifacts } from './save-artifacts.ts'

/** From where main has written them: there is no copy. One that is missing is skipped with a warning. */
export async function saveLogs(names: readonly string[], context: SaveContext): Promise<SavedArtifacts> {
  const artifacts: Artifact[] = []
  let error: unknown
  for (const name of names) {
    const path = join(containerDir(name, context.places.varRunArgo), mailbox.combined)
    using opened = openShared(context.places.varRunArgo, path)
    if (opened === undefined) {
      context.log.warn('no log to archive', { container: name, path })
      continue
    }
    try {
      artifacts.push(await upload({ name: `${name}-logs` }, opened.path, `${name}.log`, context))
    } catch (problem) {
      context.log.error('cannot archive a log', { container: name, error: errorMessage(problem) })
      error ??= problem
    }
  }
  return { artifacts, error }
}
