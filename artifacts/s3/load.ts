// An object, or all objects below it, to a path that appears only when everything is there.

import { closeSync, mkdirSync, openSync } from 'node:fs'
import { hasCode } from '../../src/errors/argo-error.ts'
import { mapLimit } from '../../src/util/limit.ts'
import { SafeDir } from '../../src/archive/safe-dir.ts'
import { appearAt } from '../transfer/appear-at.ts'
import { downloadObject } from './download.ts'
import { explain } from './explain.ts'
import type { S3Io } from './fetch-range.ts'
import { isDirectory } from './is-directory.ts'
import { directoryPrefix, refuseConflicts } from './keys.ts'
import { listAll } from './list-all.ts'

/** Objects of a directory that are loaded at once. */
const objectsAtOnce = 16

/** Rejects with ERR_NOT_FOUND when there is neither the object nor anything below it. */
export async function load(io: S3Io, key: string, path: string, signal: AbortSignal): Promise<void> {
  try {
    await explain('failed to get file', () =>
      appearAt(path, async (temporary) => {
        const descriptor = openSync(temporary, 'wx+', 0o666)
        try {
          await downloadObject(io, key, descriptor, { signal })
        } finally {
          closeSync(descriptor)
        }
      }),
    )
  } catch (error) {
    if (!hasCode(error, 'ERR_NOT_FOUND') || !(await isDirectory(io, key, signal))) throw error
    await explain('failed to get directory', () =>
      appearAt(path, async (temporary) => {
        mkdirSync(temporary, 0o777)
        await loadDirectory(io, key, temporary, signal)
      }),
    )
  }
}

async function loadDirectory(io: S3Io, key: string, folder: string, signal: AbortSignal): Promise<void> {
  const prefix = directoryPrefix(key)
  const objects = await listAll(io, prefix, signal)
  const names = objects.map((object) => object.key.slice(prefix.length)).filter((name) => name !== '')
  refuseConflicts(names)
  const dir = new SafeDir(folder)
  try {
    for (const name of names) if (name.endsWith('/')) dir.makeDir(name, 0o777, 0o777)
    const files = names.filter((name) => !name.endsWith('/'))
    await mapLimit(files, { limit: objectsAtOnce, signal }, async (name, laneSignal) => {
      const descriptor = dir.createFile(name, 0o666, 0o777)
      try {
        await downloadObject(io, prefix + name, descriptor, { signal: laneSignal, connections: 2 })
      } finally {
        closeSync(descriptor)
      }
    })
  } finally {
    dir.close()
  }
}
