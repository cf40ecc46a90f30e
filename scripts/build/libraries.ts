// The shared libraries that the executable needs, found as the system's loader would, copied beside it.

import { copyFileSync, chmodSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { interpreterOf, machineOf, neededBy } from './elf.ts'

const multiarch: Readonly<Record<string, string>> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

/** Copies every library that `program` needs, directly or not, into `folder`, and its loader there as `ld.so`. */
export function collectLibraries(program: Buffer, folder: string): void {
  const machine = machineOf(program)
  mkdirSync(folder, { recursive: true })
  const seen = new Set<string>()
  const visit = (file: Buffer): void => {
    for (const name of neededBy(file)) {
      if (seen.has(name) || name.startsWith('ld-linux')) continue
      seen.add(name)
      const path = find(name, machine)
      place(path, join(folder, name), 0o644)
      visit(readFileSync(path))
    }
  }
  visit(program)
  place(interpreterOf(program), join(folder, 'ld.so'), 0o755)
}

function find(name: string, machine: string): string {
  const triple = multiarch[machine] ?? ''
  const folders = [`/lib/${triple}`, `/usr/lib/${triple}`, '/lib64', '/usr/lib64', '/lib', '/usr/lib']
  for (const folder of folders) {
    const path = join(folder, name)
    if (existsSync(path) && machineOf(readFileSync(path)) === machine) return path
  }
  throw new Error(`collect libraries: ${name} for ${machine} is in none of ${folders.join(', ')}; install it`)
}

function place(from: string, to: string, mode: number): void {
  copyFileSync(realpathSync(from), to)
  chmodSync(to, mode)
}
