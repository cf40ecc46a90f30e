// Removes what killed runs left of their uploads. Other runs may be using the same folder at this moment.

import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Takes entries that have not changed for `ageMs`. */
export function sweepIncomplete(folder: string, ageMs: number, now = Date.now()): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats !== undefined && now - stats.mtimeMs > ageMs) rmSync(path, { recursive: true, force: true })
  }
}
