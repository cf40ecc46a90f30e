// The output of steps that run at the same time, as whole lines with the name of their step in front.

import { oneLine, type Colour, type Paint } from './paint.ts'

export interface StepLines {
  add(step: string, chunk: Buffer): void
  /** Gives out what has no line end yet. */
  flush(): void
}

const colours: readonly Colour[] = ['cyan', 'magenta', 'yellow', 'blue', 'green']
/** A line that never ends is given out in pieces. */
const longestLineBytes = 64 * 1024

export function createStepLines(paint: Paint, onLine: (line: string) => void): StepLines {
  const open = new Map<string, Buffer>()
  const chosen = new Map<string, Colour>()
  const give = (step: string, bytes: Buffer): void => {
    const colour = chosen.get(step) ?? colours[chosen.size % colours.length] ?? 'cyan'
    chosen.set(step, colour)
    // Lines of a terminal end with both.
    const text = bytes.toString('utf8').replace(/\r$/, '')
    onLine(`${paint(`${oneLine(step)}:`, colour)} ${oneLine(text)}`)
  }
  return {
    add(step, chunk) {
      let rest = Buffer.concat([open.get(step) ?? Buffer.alloc(0), chunk])
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        give(step, rest.subarray(0, end))
        rest = rest.subarray(end + 1)
      }
      if (rest.length >= longestLineBytes) {
        give(step, rest)
        rest = Buffer.alloc(0)
      }
      open.set(step, rest)
    },
    flush() {
      for (const [step, bytes] of open) if (bytes.length > 0) give(step, bytes)
      open.clear()
    },
  }
}
