// What becomes of a downloaded input: unpacked by its archive strategy or by its content, then given its modes.

import { chmodSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { isTarGz } from '../../src/archive/detect.ts'
import { unpack, type ArchiveKind } from '../../src/archive/unpack.ts'
import type { Logger } from '../../src/log/logger.ts'
import type { Artifact } from '../../src/spec/types.ts'

/** Moves what lies at `downloaded` (a file or folder of ours) to `destination`; `downloaded` is gone afterwards. */
export async function unpackInput(
  artifact: Artifact,
  downloaded: string,
  destination: string,
  options: { readonly signal: AbortSignal; readonly log: Logger },
): Promise<void> {
  const kind = await archiveKind(artifact, downloaded)
  if (kind === undefined) {
    renameSync(downloaded, destination)
  } else {
    const onWarning = (message: string): void => options.log.warn(message, { artifact: artifact.name })
    await unpack(kind, downloaded, destination, { signal: options.signal, onWarning })
    rmSync(downloaded, { force: true })
  }
  if (artifact.mode !== undefined)
    applyMode(destination, artifact.mode & 0o777, artifact.recurseMode === true)
}

async function archiveKind(artifact: Artifact, path: string): Promise<ArchiveKind | undefined> {
  if (artifact.archive?.none !== undefined) return undefined
  if (artifact.archive?.tar !== undefined) return 'tar'
  if (artifact.archive?.zip !== undefined) return 'zip'
  return (await isTarGz(path)) ? 'tar' : undefined
}

/** Children first: a mode without search permission would lock us out. A link has no mode, and what it names is not ours. */
function applyMode(path: string, mode: number, recurse: boolean): void {
  const stats = lstatSync(path)
  if (stats.isSymbolicLink()) return
  if (recurse && stats.isDirectory()) {
    for (const child of readdirSync(path)) applyMode(`${path}/${child}`, mode, true)
  }
  chmodSync(path, mode)
}
