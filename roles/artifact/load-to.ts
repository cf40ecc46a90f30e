// Loads an artifact and unpacks it as its archive strategy says.

import { existsSync, renameSync, rmSync } from 'node:fs'
import { ArgoError } from '../../src/errors/argo-error.ts'
import type { TransferContext } from './save-from.ts'

/** Without a strategy a gzipped tar is unpacked and everything else is kept as it is, as in a workflow. */
export async function loadTo({ driver, artifact, path, log, signal }: TransferContext): Promise<void> {
  if (existsSync(path)) {
    throw new ArgoError(`load to ${path}: there is something already; remove it or choose another path`, {
      code: 'ERR_CONFLICT',
    })
  }
  if (artifact.archive?.none !== undefined) {
    await driver.load(artifact, path, { signal })
    return
  }
  const { freshSibling, unpack } = await import('../../src/archive/unpack.ts')
  const downloaded = freshSibling(path, '.tmp')
  try {
    await driver.load(artifact, downloaded, { signal })
    const kind =
      artifact.archive?.zip === undefined
        ? await tarKind(artifact.archive?.tar !== undefined, downloaded)
        : 'zip'
    if (kind === undefined) renameSync(downloaded, path)
    else await unpack(kind, downloaded, path, { signal, onWarning: (message) => log.warn(message, { path }) })
  } finally {
    rmSync(downloaded, { recursive: true, force: true })
  }
}

async function tarKind(always: boolean, downloaded: string): Promise<'tar' | undefined> {
  if (always) return 'tar'
  const { isTarGz } = await import('../../src/archive/detect.ts')
  return (await isTarGz(downloaded)) ? 'tar' : undefined
}
