// Packs a path as the artifact's archive strategy says, and saves it.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArtifactDriver } from '../../artifacts/driver.ts'
import type { Logger } from '../../src/log/logger.ts'
import type { Artifact } from '../../src/spec/types.ts'

export interface TransferContext {
  readonly driver: ArtifactDriver
  readonly artifact: Artifact
  readonly path: string
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Without a strategy it is tar, as in a workflow. */
export async function saveFrom({ driver, artifact, path, log, signal }: TransferContext): Promise<void> {
  const { archive } = artifact
  if (archive?.none !== undefined) {
    await driver.save(artifact, path, { signal })
    return
  }
  const folder = await mkdtemp(join(tmpdir(), 'argo-artifact-'))
  const onWarning = (message: string): void => log.warn(message, { path })
  try {
    const packed = join(folder, archive?.zip === undefined ? 'packed.tgz' : 'packed.zip')
    if (archive?.zip === undefined) {
      const level = archive?.tar?.compressionLevel
      const { packTarGz } = await import('../../src/archive/pack-tar-gz.ts')
      await packTarGz(path, packed, { signal, onWarning, ...(level === undefined ? {} : { level }) })
    } else {
      const { packZip } = await import('../../src/archive/pack-zip.ts')
      await packZip(path, packed, { signal, onWarning })
    }
    await driver.save(artifact, packed, { signal })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
