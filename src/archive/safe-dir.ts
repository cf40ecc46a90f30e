// A folder that names from outside cannot leave: archives and object keys are written through it, one component at a
// time, without following a link.

import {
  chmodSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { ArgoError, errorCode } from '../errors/argo-error.ts'
import { pathForSystem } from './file-name.ts'

const openFolder = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
const openNew = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** The parts of a relative name. Throws ERR_UNSAFE_PATH for what could lead out: absolute, `..`, `.`, empty, NUL. */
export function safeParts(name: string): readonly string[] {
  const parts = name.replace(/\/$/, '').split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\u0000'))) {
    throw new ArgoError(
      `refuse the name ${JSON.stringify(name)}: it must be relative, without empty, "." or ".." parts`,
      {
        code: 'ERR_UNSAFE_PATH',
      },
    )
  }
  return parts
}

/**
 * Holds the folder by descriptor: `/proc/self/fd/N/name` resolves `name` in exactly that folder, which is openat(2)
 * for those who have no openat. All calls are synchronous: they are a few microseconds each, and archives hold many
 * small files. Parents are made as needed, mode 0755 under the umask. Close it when done.
 */
export class SafeDir {
  readonly #path: string
  readonly #root: number
  /** The folder last used and its descriptor: entries of one folder follow each other. */
  #last: { readonly key: string; readonly descriptor: number } | undefined

  /** `path` must exist; its own last component may not be a link. */
  constructor(path: string) {
    this.#path = path
    this.#root = openSync(path, openFolder)
  }

  /** Makes a folder and its parents; one that exists is left as it is. Returns whether it was made. */
  makeDir(name: string, mode = 0o755, parentMode = 0o755): boolean {
    const parts = safeParts(name)
    const parent = this.#folder(parts.slice(0, -1), parentMode)
    return this.#makeOne(parent, parts.at(-1) ?? '', mode, name)
  }

  /** A new empty file, open for writing; the caller closes it. A file or link of that name is replaced, a folder is not. */
  createFile(name: string, mode = 0o644, parentMode = 0o755): number {
    return this.#replacing(name, parentMode, (place) => openSync(place, openNew, mode & 0o777))
  }

  makeLink(target: string, name: string): void {
    this.#replacing(name, 0o755, (place) => symlinkSync(pathForSystem(target), place))
  }

  /** A second name for a regular file below the folder; false when `existing` is no such file. */
  makeHardLink(existing: string, name: string): boolean {
    const from = safeParts(existing)
    let source: number
    try {
      source = this.#open(from.slice(0, -1), undefined)
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return false
      throw error
    }
    try {
      const place = at(source, from.at(-1) ?? '')
      const stats = lstatSync(place, { throwIfNoEntry: false })
      if (stats === undefined || !stats.isFile()) return false
      this.#replacing(name, 0o755, (target) => {
        linkSync(place, target)
      })
      return true
    } finally {
      closeSync(source)
    }
  }

  /** Mode of a folder below; undefined when there is none. */
  dirMode(name: string): number | undefined {
    const parts = safeParts(name)
    const stats = lstatSync(at(this.#folder(parts.slice(0, -1), 0o755), parts.at(-1) ?? ''), {
      throwIfNoEntry: false,
    })
    return stats?.isDirectory() ? stats.mode & 0o7777 : undefined
  }

  setDirMode(name: string, mode: number): void {
    const descriptor = this.#open(safeParts(name), undefined)
    try {
      chmodSync(`/proc/self/fd/${descriptor}`, mode)
    } finally {
      closeSync(descriptor)
    }
  }

  close(): void {
    if (this.#last !== undefined) closeSync(this.#last.descriptor)
    this.#last = undefined
    closeSync(this.#root)
  }

  #replacing<T>(name: string, parentMode: number, make: (place: string | Buffer) => T): T {
    const parts = safeParts(name)
    const place = at(this.#folder(parts.slice(0, -1), parentMode), parts.at(-1) ?? '')
    try {
      return make(place)
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
    if (lstatSync(place).isDirectory())
      throw conflict(`open ${this.#path}/${name}: is a directory`, this.#path, name)
    unlinkSync(place)
    return make(place)
  }

  /** Descriptor of a folder below the root, made when missing; valid until the next call. */
  #folder(parts: readonly string[], mode: number): number {
    if (parts.length === 0) return this.#root
    const key = parts.join('/')
    if (this.#last?.key === key) return this.#last.descriptor
    const descriptor = this.#open(parts, mode)
    if (this.#last !== undefined) closeSync(this.#last.descriptor)
    this.#last = { key, descriptor }
    return descriptor
  }

  #open(parts: readonly string[], makeMode: number | undefined): number {
    let current = openSync(`/proc/self/fd/${this.#root}`, constants.O_RDONLY | constants.O_DIRECTORY)
    for (const [index, part] of parts.entries()) {
      try {
        if (makeMode !== undefined)
          this.#makeOne(current, part, makeMode, parts.slice(0, index + 1).join('/'))
        const next = openSync(at(current, part), openFolder)
        closeSync(current)
        current = next
      } catch (error) {
        closeSync(current)
        throw error
      }
    }
    return current
  }

  #makeOne(parent: number, part: string, mode: number, name: string): boolean {
    const place = at(parent, part)
    try {
      mkdirSync(place, mode & 0o777)
      return true
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
    if (!lstatSync(place).isDirectory())
      throw conflict(`mkdir ${this.#path}/${name}: not a directory`, this.#path, name)
    return false
  }
}

function at(descriptor: number, part: string): string | Buffer {
  return pathForSystem(`/proc/self/fd/${descriptor}/${part}`)
}

function conflict(message: string, root: string, name: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_UNSAFE_PATH', data: { root, name } })
}
