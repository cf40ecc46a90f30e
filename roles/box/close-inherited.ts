// Descriptors that leaked into this process from whoever started the laptop's engine: a container must not hold them.

import { closeSync, readdirSync, readFileSync } from 'node:fs'
import { controlDescriptor } from '../../src/local/box/box-spec.ts'

const O_CLOEXEC = 0o2000000

/** The runtime's own descriptors are close-on-exec; what is not, and is none of ours, came from outside. */
export function closeInherited(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name)
    if (descriptor <= controlDescriptor || !isInherited(name)) continue
    closeSync(descriptor)
  }
}

function isInherited(name: string): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0
  } catch {
    return false // the descriptor with which the folder was read
  }
}
