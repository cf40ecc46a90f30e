// Which part of main's file system a path lies in, and so where init puts an input and wait finds an output.

import type { Template, VolumeMount } from '../spec/types.ts'
import { cleanPath } from './artifact-path.ts'
import { overlappingMount } from './overlapping-mount.ts'

/** The user's mount that holds `path` (equal or below); the deepest when mounts are nested. */
export function userMountOf(template: Template, path: string): VolumeMount | undefined {
  return overlappingMount(cleanPath(path), (template.container ?? template.script)?.volumeMounts ?? [])
}

/**
 * Whether an output path lies in main's own layer, from which main itself must hand it over; otherwise wait reads it
 * below `/mainctrfs` (spec executor 4.5). An optional input without a place leaves its path to the layer.
 */
export function isBaseLayer(
  template: Template,
  path: string,
  isSupplied: (name: string) => boolean,
): boolean {
  if (userMountOf(template, path) !== undefined) return false
  const cleaned = cleanPath(path)
  for (const input of template.inputs?.artifacts ?? []) {
    if (input.path === undefined) continue
    const mounted = cleanPath(input.path)
    if (cleaned === mounted) return input.optional === true && !isSupplied(input.name)
    if (isAtOrBelow(cleaned, mounted)) return false
  }
  return true
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}
