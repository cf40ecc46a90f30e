// Takes from a box what building it needed, before anything of the user's runs in it.

import { native, systemError } from '../../process/libc.ts'
import type { BoxSpec, CapabilityChanges } from './box-spec.ts'

const setDumpable = 4
const dropFromBoundingSet = 24
const ambient = 47
const clearAllAmbient = 4n
const noNewPrivileges = 38

/** What container runtimes leave to root, by the numbers of capabilities(7). No mknod: the disk is a device. */
const rootKeeps: ReadonlyMap<string, number> = new Map([
  ['CHOWN', 0],
  ['DAC_OVERRIDE', 1],
  ['FOWNER', 3],
  ['FSETID', 4],
  ['KILL', 5],
  ['SETGID', 6],
  ['SETUID', 7],
  ['SETPCAP', 8],
  ['NET_BIND_SERVICE', 10],
  ['NET_RAW', 13],
  ['SYS_CHROOT', 18],
  ['AUDIT_WRITE', 29],
  ['SETFCAP', 31],
])
const lastCapability = 63

/**
 * Capabilities belong to threads, and Node has more than this one. So the process is also made undumpable: what it
 * starts cannot trace it or write to its memory to borrow what its other threads still hold.
 */
export function dropPrivileges({ user, capabilities }: Pick<BoxSpec, 'user' | 'capabilities'>): void {
  const isRoot = process.getuid?.() === 0
  const keep = isRoot ? keptCapabilities(capabilities) : []
  const prctl = native('prctl')
  prctl(ambient, clearAllAmbient, 0n, 0n, 0n)
  for (let capability = 0; capability <= lastCapability; capability++) {
    if (!keep.includes(capability)) prctl(dropFromBoundingSet, BigInt(capability), 0n, 0n, 0n)
  }
  if (user !== undefined && isRoot) {
    process.setgroups?.([...user.groups])
    process.setgid?.(user.gid)
    process.setuid?.(user.uid)
  }
  if (process.getuid?.() !== 0) setCapabilities([])
  else setCapabilities(keep)
  prctl(setDumpable, 0n, 0n, 0n, 0n)
}

/** Without isolation, too: this takes no right of its own. Holds for all that this thread starts. */
export function denyNewPrivileges(): void {
  if (native('prctl')(noNewPrivileges, 1n, 0n, 0n, 0n) !== 0) throw systemError('deny new privileges', 1)
}

/** In the order of container runtimes: all are dropped, some are added, some are dropped; never more than root keeps. */
export function keptCapabilities({ add = [], drop = [] }: CapabilityChanges = {}): readonly number[] {
  const [added, dropped] = [new Set(add.map(plainName)), new Set(drop.map(plainName))]
  const isKept = (name: string): boolean =>
    !dropped.has(name) && (!dropped.has('ALL') || added.has(name) || added.has('ALL'))
  return [...rootKeeps].filter(([name]) => isKept(name)).map(([, number]) => number)
}

/** Whether a container of root has it, or can be given it. */
export function isRootsCapability(name: string): boolean {
  return rootKeeps.has(plainName(name))
}

function plainName(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '')
}

/** The third version of the kernel's interface: two words each of effective, permitted, inheritable. */
function setCapabilities(keep: readonly number[]): void {
  const words = [0, 0]
  for (const capability of keep) {
    const at = capability >> 5
    words[at] = ((words[at] ?? 0) | (1 << (capability & 31))) >>> 0
  }
  const [low = 0, high = 0] = words
  const header = new Uint32Array([0x20080522, 0])
  const data = new Uint32Array([low, low, 0, high, high, 0])
  if (native('capset')(header, data) !== 0) throw systemError('give up capabilities', 1)
}
