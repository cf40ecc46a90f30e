// The built executable, which is what tests of processes and pods run.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

export const repositoryRoot = join(import.meta.dirname, '../..')

/** Absolute path of dist/argoexec; throws when it was not built, since `npm test` builds it first. */
export function argoexecPath(): string {
  return built('argoexec')
}

/** The same executable under the name that people call. */
export function argoPath(): string {
  return built('argo')
}

function built(name: string): string {
  const path = join(repositoryRoot, 'dist', name)
  if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build"`)
  return path
}
