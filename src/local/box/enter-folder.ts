// A container without isolation: the pod's own files lie in a folder that stands in for the root, everything else is the
// host's. For machines whose kernel allows no namespaces.

import { lstatSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { becomeSubreaper } from '../../process/libc.ts'
import { setContainerRoot } from '../../util/container-root.ts'
import type { BoxSpec } from './box-spec.ts'

/** Returns the specification as it is meant here: words and variables that name the pod's own files lead to the folder. */
export function enterFolder(spec: BoxSpec, root: string): BoxSpec {
  process.umask(0o022)
  // What leaves its parent stays below this process, where it is found when the container ends.
  becomeSubreaper()
  for (const { source, target } of spec.mounts) link(source, join(root, target))
  setContainerRoot(root)
  const place = (text: string): string => (isPodPath(text) ? root + text : text)
  // `/` would make the command look at, and write to, the root of the machine.
  const workingDir = spec.workingDir === '/' ? join(root, 'work') : place(spec.workingDir)
  const [home, temporary] = [join(root, 'home'), join(root, 'tmp')]
  for (const folder of [workingDir, home, temporary]) mkdirSync(folder, { recursive: true })
  process.chdir(workingDir)
  const env = Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, place(value)]))
  return {
    ...spec,
    env: { ...env, HOME: home, TMPDIR: temporary },
    run: { ...spec.run, words: spec.run.words.map(place) },
  }
}

/** Paths that no user chose: they are free to lie elsewhere. */
export function isPodPath(text: string): boolean {
  return /^\/(?:argo|var\/run\/argo|var\/run\/secrets|mainctrfs|dev\/termination-log)(?:\/|$)/.test(text)
}

/** What would be a mount; one inside another one lies in that one's source already, or is linked there. */
function link(source: string, place: string): void {
  if (lstatSync(place, { throwIfNoEntry: false }) !== undefined) return
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(source, place)
}
