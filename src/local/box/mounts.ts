// The mounts of a box in its own terms: memory, views of folders, read-only, gone.

import { readFileSync } from 'node:fs'
import { detachMount, errnoOf, mount, mountFlag, umount2 } from '../../process/libc.ts'

/** A fresh file system in memory; nobody's devices work on it. */
export function mountMemory(target: string): void {
  mount({
    source: 'tmpfs',
    target,
    type: 'tmpfs',
    flags: mountFlag.noSuid | mountFlag.noDev,
    options: 'mode=0755',
  })
}

/** `source`, with what is mounted below it, also at `target`. */
export function bind(source: string, target: string): void {
  mount({ source, target, flags: mountFlag.bind | mountFlag.recursive })
}

/**
 * Flags that the mount had outside are locked inside a user namespace: the kernel refuses a remount that leaves one
 * out, and /proc/self/mountinfo tells which there are.
 */
export function makeReadOnly(target: string, flags = 0n): void {
  const request = {
    source: 'none',
    target,
    flags: mountFlag.remount | mountFlag.bind | mountFlag.readOnly | flags,
  }
  try {
    mount(request)
  } catch (error) {
    if (errnoOf(error) !== 'EPERM' || flags !== 0n) throw error
    mount({ ...request, flags: request.flags | flagsOf(target) })
  }
}

/** Also while something below is in use: it goes with its last user. */
export function detach(target: string): void {
  umount2(target, detachMount)
}

export interface MountPoint {
  readonly path: string
  readonly flags: bigint
}

/** Mount points in the order of the table (proc(5)); the last one at a path is the visible one. */
export function parseMountInfo(text: string): readonly MountPoint[] {
  return text.split('\n').flatMap((line) => {
    const [, , , , path, options] = line.split(' ')
    return path === undefined || options === undefined
      ? []
      : [{ path: unescape(path), flags: flagsFrom(options) }]
  })
}

/** Flags of the mount on which `path` lies. */
export function flagsAt(mounts: readonly MountPoint[], path: string): bigint {
  let best: MountPoint = { path: '', flags: 0n }
  for (const candidate of mounts) {
    const holds = candidate.path === '/' || candidate.path === path || path.startsWith(`${candidate.path}/`)
    if (holds && candidate.path.length >= best.path.length) best = candidate
  }
  return best.flags
}

function flagsOf(target: string): bigint {
  return flagsAt(parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')), target)
}

const names: Readonly<Record<string, bigint>> = {
  ro: mountFlag.readOnly,
  nosuid: mountFlag.noSuid,
  nodev: mountFlag.noDev,
  noexec: mountFlag.noExec,
  noatime: mountFlag.noAtime,
  nodiratime: mountFlag.noDirAtime,
  relatime: mountFlag.relAtime,
}

function flagsFrom(options: string): bigint {
  return options.split(',').reduce((flags, name) => flags | (names[name] ?? 0n), 0n)
}

/** The kernel writes blank, tab, newline and backslash as octal. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
