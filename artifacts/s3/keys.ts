// Object keys as paths: the prefix of a "directory", and which names below it may become files.

import { posix } from 'node:path'
import { ArgoError } from '../../src/errors/argo-error.ts'

/** `clean(key)/`; nothing for the empty key, which is the whole bucket. */
export function directoryPrefix(key: string): string {
  const clean = posix.normalize(key).replace(/\/+$/, '')
  return key === '' || clean === '.' || clean === '' ? '' : `${clean}/`
}

export function joinKey(key: string, name: string): string {
  const joined = posix.join(key, name)
  return name === '' ? `${joined.replace(/\/+$/, '')}/` : joined
}

/**
 * Refuses sets of names that no directory can hold: one that is a file and also a folder. Throws ERR_UNSAFE_PATH that
 * names both. (What would lead out of the directory is refused where files are made.)
 */
export function refuseConflicts(names: readonly string[]): void {
  const files = new Set(names.filter((name) => !name.endsWith('/')))
  for (const name of names) {
    for (let slash = name.indexOf('/'); slash !== -1; slash = name.indexOf('/', slash + 1)) {
      const parent = name.slice(0, slash)
      if (!files.has(parent)) continue
      throw new ArgoError(
        `the store has both ${JSON.stringify(parent)} and ${JSON.stringify(name)}: one name cannot be file and folder`,
        {
          code: 'ERR_UNSAFE_PATH',
        },
      )
    }
  }
}
