// One line per event, for files, pipes and people who look later.

import type { NodeStatus } from '../../src/spec/types.ts'
import { oneLine } from '../../src/local/view/paint.ts'
import { shorten } from '../../src/local/view/shorten.ts'
import { marks } from '../../src/local/view/render-tree.ts'
import { durationText, secondsOf } from '../../src/local/view/tree-lines.ts'
import { createStepLines } from '../../src/local/view/step-lines.ts'
import type { Screen, View } from './view.ts'

/** Names of nodes grow with the depth of templates, and messages quote them. */
const longestName = 100
const longestMessage = 400

export function createPlainView(screen: Screen): View {
  const { paint } = screen
  const write = (text: string): void => screen.write(text)
  const told = new Map<string, string>()
  const lines = createStepLines(paint, (line) => write(`${line}\n`))
  const tell = (node: NodeStatus): void => {
    const phase = node.phase ?? 'Pending'
    if (
      told.get(node.id) === phase ||
      node.type === 'StepGroup' ||
      node.type === 'TaskGroup' ||
      phase === 'Pending'
    )
      return
    told.set(node.id, phase)
    const { mark, colour } = marks[phase]
    const seconds = phase === 'Running' ? undefined : secondsOf(node.startedAt, node.finishedAt, new Date())
    const message =
      phase === 'Succeeded' || phase === 'Running'
        ? ''
        : shorten(oneLine((node.message ?? '').trim()), longestMessage)
    write(
      [
        paint(mark, colour),
        phase.padEnd(9),
        shorten(oneLine(node.name), longestName),
        durationText(seconds),
        message,
      ]
        .filter(Boolean)
        .join(' ') + '\n',
    )
  }
  return {
    workflow(workflow) {
      const nodes = Object.values(workflow.status?.nodes ?? {})
      // What starts is told from the outside in, what ends from the inside out.
      for (const node of nodes.filter(isRunning)) tell(node)
      for (const node of nodes
        .filter((one) => !isRunning(one))
        .toSorted((a, b) => b.name.length - a.name.length))
        tell(node)
    },
    output: (step, chunk) => lines.add(step, chunk),
    note: (line) => write(`${line}\n`),
    close: () => lines.flush(),
  }
}

function isRunning({ phase }: NodeStatus): boolean {
  return phase === 'Running'
}
