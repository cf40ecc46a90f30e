// An object, or all objects below it, to a path that appears only when everything is there.

import { closeSync, mkdirSync, openSync } from 'node:fs'
import { ArgoError, hasCode } from '../../src/errors/argo-error.ts'
import { mapLimit } from '../../src/util/limit.ts'
import { SafeDir } from '../../src/archive/safe-dir.ts'
import { appearAt } from '../transfer/appear-at.ts'
import { downloadObject } from './download.ts'
import { explain } from './explain.ts'
import type { S3Io } from './fetch-range.ts'
import { directoryPrefix, refuseConflicts } from './keys.ts'
import { listAll } from './list-all.ts'

/** Objects of a directory that are loaded at once. */
const objectsAtOnce = 16

/**
 * Rejects with ERR_NOT_FOUND when there is neither the object nor anything below it.
 * deviates: a key that ends with "/" is a directory even when an (empty) object has that name, as consoles make them.
 */
export async function load(io: S3Io, key: string, path: string, signal: AbortSignal): Promise<void> {
  if (key.endsWith('/')) {
    if (await loadDirectory(io, key, path, signal)) return
    throw new ArgoError(`failed to get directory: nothing lies below ${key}`, { code: 'ERR_NOT_FOUND' })
  }
  try {
    await explain('failed to get file', () => loadFile(io, key, path, signal))
  } catch (error) {
    if (!hasCode(error, 'ERR_NOT_FOUND') || !(await loadDirectory(io, key, path, signal))) throw error
  }
}

async function loadFile(io: S3Io, key: string, path: string, signal: AbortSignal): Promise<void> {
  await appearAt(path, async (temporary) => {
    const descriptor = openSync(temporary, 'wx+', 0o666)
    try {
      await downloadObject(io, key, descriptor, { signal })
    } finally {
      closeSync(descriptor)
    }
  })
}

/** False when there is no such directory. */
async function loadDirectory(io: S3Io, key: string, path: string, signal: AbortSignal): Promise<boolean> {
  const prefix = directoryPrefix(key)
  const objects = await explain(`failed to test if ${key} is a directory`, () => listAll(io, prefix, signal))
  if (objects.length === 0) return false
  const names = objects.map((object) => object.key.slice(prefix.length)).filter((name) => name !== '')
  await explain('failed to get directory', async () => {
    refuseConflicts(names)
    await appearAt(path, async (temporary) => {
      mkdirSync(temporary, 0o777)
      await fill(io, prefix, names, temporary, signal)
    })
  })
  return true
}

async function fill(
  io: S3Io,
  prefix: string,
  names: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const dir = new SafeDir(folder)
  try {
    for (const name of names) if (name.endsWith('/')) dir.makeDir(name, 0o777, 0o777)
    const files = names.filter((name) => !name.endsWith('/'))
    await mapLimit(files, { limit: objectsAtOnce, signal }, async (name, own) => {
      const descriptor = dir.createFile(name, 0o666, 0o777)
      try {
        await downloadObject(io, prefix + name, descriptor, { signal: own, connections: 2 })
      } catch (error) {
        throw hasCode(error, 'ERR_NOT_FOUND') ? vanished(prefix + name, error) : error
      } finally {
        closeSync(descriptor)
      }
    })
  } finally {
    dir.close()
  }
}

/** Not ERR_NOT_FOUND: for an optional artifact that would mean that there was none. */
function vanished(key: string, cause: unknown): ArgoError {
  return new ArgoError(`${key} was listed, but is gone: the directory changes while it is loaded`, {
    code: 'ERR_TORN_DATA',
    cause,
  })
}
