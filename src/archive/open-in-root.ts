// Opens a path below a folder as the container would that has this folder as its root: links lead nowhere else.

import { closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs'
import { ArgoError, errorCode } from '../errors/argo-error.ts'
import { pathForSystem } from './file-name.ts'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants
const longestChain = 40

/** An open file or folder; close it when done. */
export interface OpenedPath extends Disposable {
  readonly descriptor: number
  readonly isDirectory: boolean
  /** Neither this nor a directory: a pipe, a socket or a device, which nobody should read. */
  readonly isFile: boolean
  readonly sizeBytes: number
  /** A path that names exactly what is open, whatever happens to names meanwhile. */
  readonly path: string
}

// deviates: Argo follows links of the user's volumes in the file system of wait and init.
/**
 * Follows `path` from `root` one component at a time. A link with an absolute target starts again at `root`, `..` stops
 * there: the same as in a container whose root this is. Undefined when nothing is there. Without this, a link that the
 * user's command leaves in a shared volume would make wait upload its own files, secrets included.
 */
export function openInRoot(root: string, path: string): OpenedPath | undefined {
  const stack: number[] = []
  const todo = path.split('/')
  let last: number | undefined
  try {
    stack.push(openSync(root, O_RDONLY | O_DIRECTORY))
    for (let hops = 0; todo.length > 0;) {
      const part = todo.shift() ?? ''
      if (part === '' || part === '.') continue
      if (part === '..') {
        if (stack.length > 1) closeSync(stack.pop() ?? -1)
        continue
      }
      const place = pathForSystem(`/proc/self/fd/${stack.at(-1) ?? -1}/${part}`)
      const target = linkTarget(place)
      if (target !== undefined) {
        if (++hops > longestChain)
          throw new ArgoError(`open ${path} below ${root}: too many links`, { code: 'ERR_UNSAFE_PATH' })
        if (target.startsWith('/')) while (stack.length > 1) closeSync(stack.pop() ?? -1)
        todo.unshift(...target.split('/'))
        continue
      }
      const isFinal = todo.every((rest) => rest === '' || rest === '.')
      const opened = openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | (isFinal ? 0 : O_DIRECTORY))
      if (isFinal && !fstatSync(opened).isDirectory()) {
        last = opened
        break
      }
      stack.push(opened)
    }
    const descriptor = last ?? stack.pop() ?? -1
    last = undefined
    return openedPath(descriptor)
  } catch (error) {
    if (last !== undefined) closeSync(last)
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw error
  } finally {
    for (const descriptor of stack) closeSync(descriptor)
  }
}

function openedPath(descriptor: number): OpenedPath {
  const stats = fstatSync(descriptor)
  const isDirectory = stats.isDirectory()
  return {
    descriptor,
    isDirectory,
    isFile: stats.isFile(),
    sizeBytes: stats.size,
    path: `/proc/self/fd/${descriptor}${isDirectory ? '/.' : ''}`,
    [Symbol.dispose]: () => {
      closeSync(descriptor)
    },
  }
}

function linkTarget(place: string | Buffer): string | undefined {
  try {
    return readlinkSync(place)
  } catch (error) {
    // EINVAL: there, but no link.
    if (errorCode(error) === 'EINVAL') return undefined
    throw error
  }
}
