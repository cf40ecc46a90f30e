// Takes from a box what building it needed, before anything of the user's runs in it.

import { native, systemError } from '../../process/libc.ts'
import type { BoxUser } from './box-spec.ts'

const setDumpable = 4
const dropFromBoundingSet = 24
const ambient = 47
const clearAllAmbient = 4n

/**
 * What container runtimes leave to root, by the numbers of capabilities(7): chown, dac_override, fowner, fsetid, kill,
 * setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, audit_write, setfcap. No mknod: the disk is a device.
 */
const rootKeeps: readonly number[] = [0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 29, 31]
const lastCapability = 63

/**
 * Capabilities belong to threads, and Node has more than this one. So the process is also made undumpable: what it
 * starts cannot trace it or write to its memory to borrow what its other threads still hold.
 */
export function dropPrivileges(user: BoxUser | undefined): void {
  const isRoot = process.getuid?.() === 0
  const keep = isRoot ? rootKeeps : []
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
