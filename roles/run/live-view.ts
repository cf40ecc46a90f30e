// The tree of steps, drawn again in place while it changes; what steps print scrolls by above it.

import type { Workflow } from '../../src/spec/types.ts'
import { renderTree } from '../../src/local/view/render-tree.ts'
import { createStepLines } from '../../src/local/view/step-lines.ts'
import type { Screen, View } from './view.ts'

const frameMs = 100
const secondMs = 1000

export function createLiveView(screen: Screen): View {
  let workflow: Workflow | undefined
  let drawn = 0
  let pending: string[] = []
  let timer: NodeJS.Timeout | undefined
  const lines = createStepLines(screen.paint, (line) => {
    pending.push(line)
    soon()
  })
  const draw = (whole = false): void => {
    const tree =
      workflow === undefined
        ? []
        : renderTree(workflow, { columns: screen.columns(), paint: screen.paint, now: new Date() })
    const shown = whole ? tree : cut(tree, Math.max(3, screen.rows() - 1))
    const up = drawn > 0 ? `\u001B[${drawn}A\r\u001B[J` : ''
    screen.write(up + [...pending, ...shown].map((line) => `${line}\n`).join(''))
    pending = []
    drawn = shown.length
  }
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      draw()
    }, frameMs)
  }
  // Durations go on also when nothing happens.
  const clock = setInterval(soon, secondMs)
  return {
    workflow(next) {
      workflow = next
      soon()
    },
    output: (step, chunk) => lines.add(step, chunk),
    note(line) {
      pending.push(line)
      soon()
    },
    close() {
      lines.flush()
      clearInterval(clock)
      clearTimeout(timer)
      draw(true)
    },
  }
}

/** A tree that is higher than the screen could not be drawn over: its end is where things happen. */
function cut(tree: readonly string[], rows: number): readonly string[] {
  if (tree.length <= rows) return tree
  const kept = tree.slice(tree.length - rows + 2)
  return [tree[0] ?? '', `  … ${tree.length - kept.length - 1} more`, ...kept]
}
