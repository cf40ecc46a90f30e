// Who died: a FIFO that main holds open for its whole life tells wait, within milliseconds, that main is gone, also
// after SIGKILL and across PID and mount namespaces.

import { chmodSync, closeSync, constants, lstatSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { ArgoError } from '../errors/argo-error.ts'
import { mailbox } from '../pod/paths.ts'
import { errnoOf, mkfifo } from './libc.ts'
import { openFifo } from './open-fifo.ts'
import { fileAppears, type WatchOptions } from './watch-file.ts'

const { O_RDONLY } = constants

/** Some shared file systems of virtual machines know no FIFOs. */
const unsupported: readonly (string | undefined)[] = ['EPERM', 'ENOSYS', 'EOPNOTSUPP', 'EINVAL']

/**
 * For init: makes the FIFO in the mailbox folder of a container, open to every user whatever the umask is. Returns
 * false where the file system has none: then wait learns of a killed main from the controller only, as in Argo.
 */
export function makeWitness(containerDir: string): boolean {
  const path = join(containerDir, mailbox.alive)
  try {
    mkfifo(path, 0o666)
  } catch (error) {
    if (unsupported.includes(errnoOf(error))) return false
    // A restarted init finds its own.
    if (errnoOf(error) !== 'EEXIST' || !lstatSync(path).isFIFO()) throw error
  }
  chmodSync(path, 0o666)
  return true
}

/** How a container stands by its witness. */
export type WitnessState = 'never-started' | 'alive' | 'gone'

/** Looks once. The order matters: the marker is read before the FIFO, so "started" implies "was open". */
export function readWitness(containerDir: string): WitnessState {
  const started = lstatSync(join(containerDir, mailbox.started), { throwIfNoEntry: false }) !== undefined
  if (!started) return 'never-started'
  const descriptor = openFifo(join(containerDir, mailbox.alive), O_RDONLY)
  if (descriptor === undefined) return 'gone'
  try {
    return isHeld(descriptor) ? 'alive' : 'gone'
  } finally {
    closeSync(descriptor)
  }
}

/**
 * For wait: resolves when the main process of the container was started and is gone, whether it ended in order or was
 * killed; the caller looks for the exit code to tell the two. A container that never starts keeps it waiting: only the
 * controller can see that. Rejects with the reason of the signal.
 *
 * With a shared PID namespace the user's command can outlive its wrapper, so "gone" does not mean that outputs are
 * final.
 */
export async function watchWitness(
  containerDir: string,
  options: WatchOptions,
): Promise<{ readonly state: 'gone' }> {
  await fileAppears(join(containerDir, mailbox.started), options)
  const descriptor = openFifo(join(containerDir, mailbox.alive), O_RDONLY)
  if (descriptor === undefined) return { state: 'gone' }
  if (!isHeld(descriptor)) {
    closeSync(descriptor)
    return { state: 'gone' }
  }
  await endOfFile(descriptor, containerDir, options)
  return { state: 'gone' }
}

/** Owns `descriptor`. Resolves at end of file, by event or by a look of its own. */
function endOfFile(
  descriptor: number,
  containerDir: string,
  { signal, pollMs = 2000 }: WatchOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    // Loaded here, since init and most sidecars make witnesses without ever watching one.
    const { Socket } = process.getBuiltinModule('node:net')
    const socket = new Socket({ fd: descriptor, readable: true, writable: false })
    const finish = (settle: () => void): void => {
      clearInterval(timer)
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      settle()
    }
    const onAbort = (): void => finish(() => reject(signal.reason as Error))
    const timer = setInterval(() => {
      if (readWitness(containerDir) === 'gone') finish(resolve)
    }, pollMs)
    socket.on('end', () => finish(resolve))
    socket.on('error', (cause) => {
      const message = `watch ${join(containerDir, mailbox.alive)}: ${cause.message}`
      finish(() => reject(new ArgoError(message, { code: 'ERR_PROCESS', cause })))
    })
    // Nobody of ours writes into it; whatever a user's process writes must not stop the end from coming.
    socket.resume()
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
  })
}

/** Whether any process has the FIFO open for writing: an empty one with a writer says "try again". */
function isHeld(descriptor: number): boolean {
  try {
    return readSync(descriptor, Buffer.alloc(512)) > 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return true
    throw error
  }
}
