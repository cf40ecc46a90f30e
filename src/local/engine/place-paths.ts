// Without isolation the paths of a step are paths of the laptop: they are lent to one step at a time, only where nothing
// was before, and nothing is left there afterwards.

import { lstatSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { sep } from 'node:path'
import { ArgoError } from '../../errors/argo-error.ts'
import { onceAborted } from './once-aborted.ts'

export interface PlaceRequest {
  /** Volumes and inputs: links to where they really lie. */
  readonly links: readonly { readonly path: string; readonly source: string }[]
  /** Paths that the step itself will make. */
  readonly outputs: readonly string[]
}

export interface PathPlacer {
  /** Waits while another step has one of the paths. Returns the call that clears them again. */
  place(request: PlaceRequest, signal: AbortSignal): Promise<() => void>
}

/** `ownFolder` is where this engine's pods lie: links into it were left by a run that was killed, and are ours to replace. */
export function createPathPlacer(ownFolder: string): PathPlacer {
  const taken = new Map<string, PromiseWithResolvers<void>>()
  return {
    async place({ links, outputs }, signal) {
      const paths = [...new Set([...links.map(({ path }) => path), ...outputs])]
      const busy = (): PromiseWithResolvers<void> | undefined =>
        paths.map((path) => taken.get(path)).find((one) => one !== undefined)
      for (let other = busy(); other !== undefined; other = busy()) {
        await Promise.race([other.promise, onceAborted(signal)])
        signal.throwIfAborted()
      }
      for (const path of paths) taken.set(path, Promise.withResolvers())
      const made: string[] = []
      const clear = (): void => {
        for (const path of made) rmSync(path, { recursive: true, force: true })
        for (const path of paths) {
          taken.get(path)?.resolve()
          taken.delete(path)
        }
      }
      try {
        for (const path of paths) makeRoom(path, ownFolder)
        for (const { path, source } of links) {
          symlinkSync(source, path)
          made.push(path)
        }
        made.push(...outputs)
        return clear
      } catch (error) {
        clear()
        throw error
      }
    },
  }
}

function makeRoom(path: string, ownFolder: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSymbolicLink() || !readlinkSync(path).startsWith(ownFolder + sep)) {
    throw new ArgoError(`${path} exists on this machine; without isolation the step would touch it`, {
      code: 'ERR_ISOLATION',
    })
  }
  rmSync(path)
}
