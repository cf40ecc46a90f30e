// Boxes started ahead of need: making namespaces and starting a program takes longer than most steps take to begin.

import { launchBox, type Box, type BoxLauncher } from './launch-box.ts'

export interface BoxPool {
  take(): Box
  /** One with a terminal: too rare to be kept warm. */
  takeTerminal(): Box
  /** Ends the boxes that nobody took. */
  close(): Promise<void>
}

/** Keeps `spares` boxes warm; each one taken is replaced. */
export function createBoxPool(launcher: BoxLauncher, spares: number): BoxPool {
  const ready: Box[] = []
  let closed = false
  const refill = (): void => {
    while (!closed && ready.length < spares) {
      const box = launchBox(launcher)
      ready.push(box)
      // One that died while it waited is of no use to anybody.
      void box.ended.then(() => {
        const at = ready.indexOf(box)
        if (at >= 0) ready.splice(at, 1)
      })
    }
  }
  refill()
  return {
    take() {
      const box = ready.shift() ?? launchBox(launcher)
      setImmediate(refill)
      return box
    },
    takeTerminal: () => launchBox(launcher, true),
    async close() {
      closed = true
      const left = ready.splice(0)
      for (const box of left) box.kill('SIGKILL')
      await Promise.all(left.map((box) => box.ended))
    },
  }
}
