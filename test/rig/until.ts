// Waiting for what has no event: looks again and again, and says what it waited for when it gives up.

import { setTimeout as pause } from 'node:timers/promises'

export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs = 30_000,
): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${patienceMs} ms in vain: ${what}`)
    await pause(5)
  }
}
