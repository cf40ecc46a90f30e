// This process's number as the engine sees it: the /proc of outside still shows it before the box has its own.

import { readlinkSync } from 'node:fs'

export function hostPid(): number {
  return Number(readlinkSync('/proc/self'))
}
