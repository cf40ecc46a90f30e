// Finds the command's program in PATH by the rules that Argo's users know from Go, with its words when there is none.

import { accessSync, constants, statSync, type Stats } from 'node:fs'
import { ArgoError } from '../errors/argo-error.ts'

const slash = 0x2f
const colon = 0x3a

/**
 * The path to run for `name`: a name with a slash is taken as it is, any other is looked for in the folders of `path`.
 * Throws ERR_NOT_FOUND (spec executor 3.2 step 9). A hit in a relative folder is refused, since what is run would
 * depend on the working directory.
 */
export function lookPath(name: Buffer, path: Buffer | undefined): Buffer {
  if (name.includes(slash)) {
    const reason = whyNotExecutable(name)
    if (reason !== undefined) throw notFound(name, reason)
    return name
  }
  const isName = !['', '.', '..'].includes(name.toString())
  for (const folder of isName ? splitPath(path) : []) {
    const candidate = join(folder, name)
    if (!isExecutable(candidate)) continue
    if (candidate[0] === slash) return candidate
    throw notFound(name, 'cannot run executable found relative to current directory')
  }
  throw notFound(name, 'executable file not found in $PATH')
}

function notFound(name: Buffer, reason: string): ArgoError {
  return new ArgoError(`failed to find name in PATH: exec: ${JSON.stringify(name.toString())}: ${reason}`, {
    code: 'ERR_NOT_FOUND',
  })
}

function splitPath(path: Buffer | undefined): Buffer[] {
  if (path === undefined || path.length === 0) return []
  const folders: Buffer[] = []
  for (let start = 0; start <= path.length;) {
    const end = path.indexOf(colon, start)
    folders.push(path.subarray(start, end === -1 ? path.length : end))
    start = end === -1 ? path.length + 1 : end + 1
  }
  return folders
}

/** An empty folder is the current one. */
function join(folder: Buffer, name: Buffer): Buffer {
  if (folder.length === 0) return name
  return Buffer.concat(folder.at(-1) === slash ? [folder, name] : [folder, Buffer.of(slash), name])
}

/** Without the reason, which would cost an Error for each folder of PATH that has no such file. */
function isExecutable(file: Buffer): boolean {
  try {
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats === undefined || stats.isDirectory()) return false
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function whyNotExecutable(file: Buffer): string | undefined {
  let stats: Stats
  try {
    stats = statSync(file)
  } catch (error) {
    return `stat ${file.toString()}: ${reasonOf(error)}`
  }
  if (stats.isDirectory()) return 'is a directory'
  try {
    accessSync(file, constants.X_OK)
    return undefined
  } catch {
    return 'permission denied'
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'no such file or directory'
  if (code === 'ENOTDIR') return 'not a directory'
  if (code === 'EACCES') return 'permission denied'
  if (code === 'ELOOP') return 'too many levels of symbolic links'
  if (code === 'ENAMETOOLONG') return 'file name too long'
  return typeof code === 'string' ? code : String(error)
}
