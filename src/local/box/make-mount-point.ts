// Places inside a box on which volumes are mounted, also below folders of the host that are read-only.

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { bind, detach, mountMemory } from './mounts.ts'

/** Makes `path` and its parents; called after the root was changed, so no link leads out of the box. */
export function makeMountPoint(path: string, type: 'folder' | 'file'): void {
  if (existsSync(path)) return
  if (type === 'folder') {
    makeFolder(path)
    return
  }
  makeFolder(dirname(path))
  unfoldOnRefusal(dirname(path), () => {
    writeFileSync(path, '', { mode: 0o666, flag: 'a' })
  })
}

export function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  unfoldOnRefusal(dirname(path), () => mkdirSync(path, { mode: 0o755 }))
}

function unfoldOnRefusal(parent: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'EROFS' && code !== 'EACCES') throw error
    unfold(parent)
    work()
  }
}

/** Lays a fresh folder over a read-only one that shows the same entries and takes new ones. */
function unfold(folder: string): void {
  const aside = join('/dev/shm', '.unfold')
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  bind(folder, aside)
  mountMemory(folder)
  for (const name of readdirSync(aside)) showAgain(join(aside, name), join(folder, name))
  detach(aside)
  rmdirSync(aside)
}

function showAgain(source: string, place: string): void {
  const stat = lstatSync(source)
  if (stat.isSymbolicLink()) {
    symlinkSync(readlinkSync(source), place)
    return
  }
  if (statSync(source).isDirectory()) mkdirSync(place)
  else writeFileSync(place, '')
  bind(source, place)
}
