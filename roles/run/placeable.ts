// Whether a workflow can run without isolation: all paths that its steps name must be free, and free to make.

import { accessSync, constants, lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Template, Workflow } from '../../src/spec/types.ts'

/** One sentence for each path that is in the way; none when the workflow can run. */
export function obstacles({ spec }: Workflow): readonly string[] {
  const found = new Map<string, string>()
  for (const template of spec.templates ?? []) {
    for (const path of pathsOf(template)) {
      const obstacle = obstacleAt(path)
      if (obstacle !== undefined) found.set(path, obstacle)
    }
  }
  return [...found.values()]
}

function pathsOf({ inputs, outputs, container, script }: Template): readonly string[] {
  const paths = [
    ...(inputs?.artifacts ?? []).map(({ path }) => path),
    ...(outputs?.artifacts ?? []).map(({ path }) => path),
    ...(outputs?.parameters ?? []).map(({ valueFrom }) => valueFrom?.path),
    ...((container ?? script)?.volumeMounts ?? []).map(({ mountPath }) => mountPath),
  ]
  return paths.flatMap((path) => (path === undefined || path === '' ? [] : [path.replace(/(?<=.)\/+$/, '')]))
}

function obstacleAt(path: string): string | undefined {
  if (path.includes('{{')) return `${path} is not known before the step runs`
  if (!path.startsWith('/')) return `${path} is not absolute`
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return `${path} exists on this machine`
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK)
    return undefined
  } catch {
    return `${path} cannot be made: ${dirname(path)} is missing or not writable`
  }
}
