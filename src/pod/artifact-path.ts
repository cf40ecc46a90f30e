// The path of an artifact as pod builder and init use it: cleaned, and never led out of its folder by `..`.

import { ArgoError } from '../errors/argo-error.ts'

/**
 * The cleaned path. A path with `..` must end strictly below what stands before the first `..`: that part was written
 * by the author, the rest may come from a parameter (spec executor 2). Throws ERR_UNSAFE_PATH with Argo's texts.
 */
export function cleanArtifactPath(name: string, path: string | undefined): string {
  if (!path) throw new ArgoError(`Artifact '${name}' did not specify a path`, { code: 'ERR_UNSAFE_PATH' })
  const cleaned = cleanPath(path)
  const climb = /\/\.\.(?:\/|$)/.exec(path)
  const safe = climb === null ? '' : `${path.slice(0, climb.index)}/`
  if (safe.length > 1 && (!cleaned.startsWith(safe) || cleaned.length <= safe.length)) {
    throw new ArgoError(
      `Artifact '${name}' attempted to use a path containing '..'. Directory traversal is not permitted`,
      {
        code: 'ERR_UNSAFE_PATH',
      },
    )
  }
  return cleaned
}

/** Lexical cleaning as in POSIX: `//`, `.` and `..` go, a trailing slash too; an absolute path stays below the root. */
export function cleanPath(path: string): string {
  const absolute = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part === '..' && !absolute) parts.push(part)
    else if (part !== '' && part !== '.' && part !== '..') parts.push(part)
  }
  return (absolute ? '/' : '') + parts.join('/') || '.'
}
