// Builds the view of one container from the inside and moves this process into it: run by the first process of new
// user, mount and PID namespaces, before it becomes the container's own.

import { chmodSync, mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { pivotRoot, sethostname } from '../../process/libc.ts'
import type { BoxSpec } from './box-spec.ts'
import { dropPrivileges } from './drop-privileges.ts'
import { makeDevices } from './make-devices.ts'
import { makeFolder, makeMountPoint } from './make-mount-point.ts'
import { makeProc } from './make-proc.ts'
import { makeRoot } from './make-root.ts'
import { makeRootReadOnly } from './make-root-read-only.ts'
import { bind, detach, makeReadOnly } from './mounts.ts'

/** Where the host's root lies while the view is built; nothing of it is left afterwards. */
const oldRoot = '/.host'

/**
 * On return this process and all it starts see only the box: root, devices, /proc, volumes, working folder, identity.
 * Throws ArgoError ERR_PROCESS with the call that the kernel refused.
 */
export function enterBox(spec: BoxSpec): void {
  process.umask(0)
  sethostname(spec.hostname)
  const root = makeRoot(spec)
  makeDevices(root)
  makeProc(root)
  mkdirSync(join(root, oldRoot), { recursive: true, mode: 0o700 })
  pivotRoot(root, join(root, oldRoot))
  process.chdir('/')
  // From here on every path, also one that leads through links, ends inside the new root.
  for (const folder of ['/tmp', '/var/tmp', '/dev/shm']) openFolder(folder)
  for (const folder of ['/run', ...spec.folders]) makeFolder(folder)
  for (const { source, target, type, readOnly } of spec.mounts) {
    makeMountPoint(target, type)
    bind(oldRoot + source, target)
    if (readOnly) makeReadOnly(target)
  }
  makeFolder(spec.workingDir)
  detach(oldRoot)
  rmdirSync(oldRoot)
  if (spec.readOnlyRoot === true) makeRootReadOnly(spec.mounts.map(({ target }) => target))
  process.chdir(spec.workingDir)
  dropPrivileges(spec)
  process.umask(0o022)
}

/** A folder for everybody, as all images have them. */
function openFolder(path: string): void {
  makeFolder(path)
  chmodSync(path, 0o1777)
}
