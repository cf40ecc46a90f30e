// Installs this program into a pod's shared folder, so that it runs inside any image: the executable, its libraries
// and its own dynamic loader, which the copy names in place of the system's.

import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { ArgoError } from '../errors/argo-error.ts'

export interface InstallOptions {
  /** The running executable; its libraries lie in `lib` beside it. */
  readonly executable: string
  /** Folder that gets `argoexec` and `lib/`; it must lie at the same path in every container that runs the copy. */
  readonly folder: string
}

/** Throws ERR_PROCESS when the executable has no libraries beside it or its loader's path leaves too little room. */
export function installExecutable({ executable, folder }: InstallOptions): void {
  const libraries = join(dirname(executable), 'lib')
  if (!existsSync(join(libraries, 'ld.so'))) {
    throw new ArgoError(
      `install ${executable} into ${folder}: ${libraries}/ld.so is missing, run the built program`,
      {
        code: 'ERR_PROCESS',
      },
    )
  }
  mkdirSync(join(folder, 'lib'), { recursive: true })
  for (const name of readdirSync(libraries)) {
    copyWhole(join(libraries, name), join(folder, 'lib', name), name === 'ld.so' ? 0o555 : 0o444)
  }
  const loader = join(folder, 'lib/ld.so')
  copyWhole(executable, join(folder, 'argoexec'), 0o555, (path) => setInterpreter(path, loader))
}

/** Copies to a temporary name and renames, so that nobody ever runs half a program. */
function copyWhole(from: string, to: string, mode: number, adjust?: (path: string) => void): void {
  const temporary = `${to}.tmp`
  copyFileSync(from, temporary, constants.COPYFILE_FICLONE)
  chmodSync(temporary, 0o755)
  adjust?.(temporary)
  chmodSync(temporary, mode)
  renameSync(temporary, to)
}

const PT_INTERP = 3

/**
 * Writes another loader's path over the one in the program header (ELF-64, little endian), padded with zeros. The
 * kernel reads the text up to its first zero and asks that the last byte be one.
 */
function setInterpreter(path: string, loader: string): void {
  const descriptor = openSync(path, 'r+')
  try {
    const header = readAt(descriptor, 0, 64)
    const entrySize = header.readUInt16LE(54)
    const table = readAt(descriptor, Number(header.readBigUInt64LE(32)), entrySize * header.readUInt16LE(56))
    for (let at = 0; at < table.length; at += entrySize) {
      if (table.readUInt32LE(at) !== PT_INTERP) continue
      const room = Number(table.readBigUInt64LE(at + 32))
      const text = Buffer.alloc(room)
      if (text.write(loader) !== Buffer.byteLength(loader) || Buffer.byteLength(loader) >= room) break
      writeSync(descriptor, text, 0, room, Number(table.readBigUInt64LE(at + 8)))
      return
    }
    throw new ArgoError(`install ${path}: its header has no room for the loader ${loader}`, {
      code: 'ERR_PROCESS',
    })
  } finally {
    closeSync(descriptor)
  }
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  if (readSync(descriptor, bytes, 0, length, position) !== length) {
    throw new ArgoError('install the executable: its ELF header is cut off', { code: 'ERR_PROCESS' })
  }
  return bytes
}
