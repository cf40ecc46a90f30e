// Waits for a marker file of another container: by events, and by a look every other second where events do not cross.

import { lstatSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface WatchOptions {
  readonly signal: AbortSignal
  /** How often to look without an event (some sandboxes and full inotify tables give none). Default 2000 ms. */
  readonly pollMs?: number
}

/** Resolves when there is something at `path`, at once if there is already; rejects with the reason of the signal. */
export async function fileAppears(path: string, options: WatchOptions): Promise<void> {
  await untilSeen(path, options, () => lstatSync(path, { throwIfNoEntry: false }) !== undefined)
}

/**
 * Calls `look` now, at each event of `path` and every `pollMs`, until it returns true. An error that it throws ends
 * the waiting. The folder need not exist yet.
 */
export function untilSeen(path: string, options: WatchOptions, look: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const { signal } = options
    let done = false
    const stop = onceMore(path, options.pollMs ?? 2000, () => {
      if (done) return
      try {
        if (look()) finish(resolve)
      } catch (error) {
        finish(() => reject(error as Error))
      }
    })
    const onAbort = (): void => finish(() => reject(signal.reason as Error))
    const finish = (settle: () => void): void => {
      if (done) return
      done = true
      stop.close()
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    else stop.look()
  })
}

/** The two sources of a look: events of the folder, and a timer that also starts the events once the folder is there. */
function onceMore(path: string, pollMs: number, onLook: () => void): { close(): void; look(): void } {
  const name = basename(path)
  let watcher: FSWatcher | undefined
  const open = (): void => {
    if (watcher !== undefined) return
    try {
      const made = watch(dirname(path), { persistent: true }, (_event, changed) => {
        if (changed === null || changed === name) onLook()
      })
      // Too many watches, or a folder that went away: the timer goes on looking.
      made.on('error', () => close())
      watcher = made
    } catch {}
  }
  const close = (): void => {
    watcher?.close()
    watcher = undefined
  }
  const look = (): void => {
    open()
    onLook()
  }
  const timer = setInterval(look, pollMs)
  return {
    look,
    close: () => {
      clearInterval(timer)
      close()
    },
  }
}
