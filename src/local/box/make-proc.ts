// /proc of a box: only its own processes, and for root nothing through which the host's kernel could be set.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { mount, mountFlag } from '../../process/libc.ts'
import { bind, makeReadOnly } from './mounts.ts'

const settings = ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs']
const secrets = ['kcore', 'keys', 'timer_list']

const quiet = mountFlag.noSuid | mountFlag.noDev | mountFlag.noExec

export function makeProc(root: string): void {
  const proc = join(root, 'proc')
  mkdirSync(proc, { recursive: true })
  try {
    mount({ source: 'proc', target: proc, type: 'proc', flags: quiet })
  } catch {
    // Where parts of the outer /proc are masked the kernel refuses a fresh one: the outer one is all there is.
    bind('/proc', proc)
    return
  }
  // The kernel lets only the real root write to these; an ordinary user needs no cover.
  if (process.getuid?.() !== 0) return
  for (const name of settings) cover(`${proc}/${name}`, `${proc}/${name}`, quiet)
  for (const name of secrets) cover('/dev/null', `${proc}/${name}`, 0n)
}

function cover(source: string, place: string, flags: bigint): void {
  try {
    bind(source, place)
  } catch {
    return // this kernel has no such file
  }
  makeReadOnly(place, flags)
}
