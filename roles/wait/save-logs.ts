// Uploads the logs of the main containers when the template archives them.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { containerDir, mailbox } from '../../src/pod/paths.ts'
import type { Artifact } from '../../src/spec/types.ts'
import { attempt, type Failures } from './collected.ts'
import { upload, type SaveContext } from './save-artifacts.ts'

/** From where main has written them: there is no copy. One that is missing is skipped with a warning. */
export async function saveLogs(names: readonly string[], context: SaveContext, failures: Failures): Promise<readonly Artifact[]> {
  const saved: Artifact[] = []
  for (const name of names) {
    const path = join(containerDir(name, context.places.varRunArgo), mailbox.combined)
    if (!existsSync(path)) {
      context.log.warn('no log to archive', { container: name, path })
      continue
    }
    const artifact = await attempt(failures, () => upload({ name: `${name}-logs` }, path, `${name}.log`, context))
    if (artifact !== undefined) saved.push(artifact)
  }
  return saved
}
