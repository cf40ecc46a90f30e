// The root folder of a box: the host's programs read-only on fresh memory, an overlay of the host, or an image's folder.

import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { ArgoError } from '../../errors/argo-error.ts'
import { errnoOf, mount, mountFlag } from '../../process/libc.ts'
import type { BoxSpec, HostEntry } from './box-spec.ts'
import { bind, makeReadOnly, mountMemory } from './mounts.ts'

/** Returns the path of the new root, which is a mount point. */
export function makeRoot({ root, stage }: BoxSpec): string {
  if (root.type === 'none')
    throw new ArgoError('make a root for a container without isolation', { code: 'ERR_ISOLATION' })
  mountMemory(stage)
  if (root.type === 'host') return showHost(stage, root.entries)
  if (root.type === 'folder') return layOver(stage, root.path)
  let merged: string
  try {
    merged = layOver(stage, '/')
  } catch (error) {
    // Who is root only in a container or a namespace may mount, but not an overlay of the root.
    if (errnoOf(error) === undefined) throw error
    return showHost(stage, root.entries)
  }
  for (const path of root.hidden) hide(join(merged, path))
  return merged
}

function showHost(stage: string, entries: readonly HostEntry[]): string {
  for (const entry of entries) showEntry(stage, entry)
  mkdirSync(join(stage, 'var'))
  symlinkSync('/run', join(stage, 'var/run'))
  return stage
}

function showEntry(stage: string, entry: HostEntry): void {
  const place = join(stage, entry.path)
  if (entry.type === 'link') {
    symlinkSync(entry.to, place)
    return
  }
  mkdirSync(place, { recursive: true })
  bind(entry.path, place)
  for (const { path, flags } of entry.mounts) makeReadOnly(join(stage, path), BigInt(flags))
}

/** Everything written lands in memory and is gone with the box. */
function layOver(stage: string, lower: string): string {
  const [upper, work, merged] = ['upper', 'work', 'root'].map((name) => join(stage, name)) as [
    string,
    string,
    string,
  ]
  for (const folder of [upper, work, merged]) mkdirSync(folder, { mode: 0o755 })
  const options = `lowerdir=${escapeOption(lower)},upperdir=${upper},workdir=${work}`
  const request = { source: 'overlay', target: merged, type: 'overlay', flags: mountFlag.noDev }
  try {
    mount({ ...request, options })
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error
    // Inside a user namespace overlayfs keeps its notes in attributes that an ordinary user may write.
    mount({ ...request, options: `${options},userxattr` })
  }
  return merged
}

/** An empty folder in place of one of the host; a missing one stays missing. */
function hide(place: string): void {
  try {
    mountMemory(place)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

/** The options of overlayfs are split at colons and commas. */
function escapeOption(path: string): string {
  return path.replace(/[\\:,]/g, '\\$&')
}
