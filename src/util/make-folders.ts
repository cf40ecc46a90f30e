// Makes a folder and the ones above it, in bounded time, whatever lies in the way.

import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * One by one: where a parent is there and nothing can be made in it (/proc, a link that leads nowhere), Node's recursive
 * call never returns. Throws when a folder cannot be made, or the one that is there cannot be written to.
 */
export function makeFolders(path: string, mode: number): void {
  if (!existsSync(path)) {
    makeFolders(dirname(path), mode)
    try {
      mkdirSync(path, { mode })
    } catch (error) {
      // Another process makes the same one.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  if (!statSync(path).isDirectory()) throw new Error(`${path} is not a folder`)
  accessSync(path, constants.W_OK | constants.X_OK)
}
