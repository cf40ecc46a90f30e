// The files of a directory as names below an object key: for saving whole directories. The directory may belong to
// somebody who changes it meanwhile, so no link is followed anywhere.

import { closeSync, constants, fstatSync, openSync, readdirSync, type Dirent } from 'node:fs'
import { ArgoError, errorCode } from '../../src/errors/argo-error.ts'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants

/**
 * Names relative to the open directory `root`, in order, with `/` between the parts; one that ends with `/` is a folder
 * without entries (the root itself: ''). Links are left out (parity), so are sockets, pipes and devices, of which
 * `onSkip` is told. Throws ERR_INVALID_INPUT for names that are not UTF-8: no object key can be.
 */
export function walkFiles(root: number, onSkip: (name: string, why: string) => void): string[] {
  const found: string[] = []
  const visit = (folder: number, prefix: string): void => {
    const entries = readdirSync(`/proc/self/fd/${folder}`, { withFileTypes: true, encoding: 'buffer' })
      .map((entry) => ({ entry, name: nameOf(entry, prefix) }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    for (const { entry, name } of entries) {
      const full = prefix + name
      if (entry.isFile()) found.push(full)
      else if (!entry.isDirectory()) onSkip(full, kindOf(entry))
      else {
        const child = openSync(`/proc/self/fd/${folder}/${name}`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try {
          visit(child, `${full}/`)
        } finally {
          closeSync(child)
        }
      }
    }
    if (entries.length === 0) found.push(prefix)
  }
  visit(root, '')
  return found
}

/** Opens a file of walkFiles for reading; the caller closes it. Throws ERR_UNSAFE_PATH when it is no plain file any more. */
export function openBelow(root: number, name: string): number {
  const parts = name.split('/')
  let current = openSync(`/proc/self/fd/${root}`, O_RDONLY | O_DIRECTORY)
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    try {
      // Without blocking: a pipe may have taken the place of the file.
      const next = openSync(
        `/proc/self/fd/${current}/${part}`,
        O_RDONLY | O_NOFOLLOW | (isLast ? O_NONBLOCK : O_DIRECTORY),
      )
      closeSync(current)
      current = next
      if (isLast && !fstatSync(current).isFile()) throw changed(name)
    } catch (error) {
      closeSync(current)
      throw ['ELOOP', 'ENOTDIR', 'ENXIO'].includes(errorCode(error) ?? '') ? changed(name) : error
    }
  }
  return current
}

function nameOf(entry: Dirent<Buffer>, prefix: string): string {
  const name = entry.name.toString('utf8')
  if (Buffer.from(name).equals(entry.name)) return name
  throw new ArgoError(
    `the name ${JSON.stringify(prefix + name)} is not UTF-8, and object keys are: use archive tar or rename it`,
    { code: 'ERR_INVALID_INPUT' },
  )
}

function kindOf(entry: Dirent<Buffer>): string {
  if (entry.isSymbolicLink()) return 'symbolic link'
  if (entry.isSocket()) return 'socket'
  return entry.isFIFO() ? 'pipe' : 'device'
}

function changed(name: string): ArgoError {
  return new ArgoError(`${name} was replaced by something else while the directory was saved`, {
    code: 'ERR_UNSAFE_PATH',
  })
}
