// A workflow's tree as lines for a terminal of some width, for the live view, `argo get` and the end of a run.

import type { NodePhase, Workflow, WorkflowPhase } from '../../spec/types.ts'
import { fit, oneLine, widthOf, type Colour, type Paint } from './paint.ts'
import { durationText, secondsOf, treeLines, type TreeLine } from './tree-lines.ts'

export interface RenderOptions {
  readonly columns: number
  readonly paint: Paint
  readonly now: Date
}

export const marks: Readonly<
  Record<NodePhase | WorkflowPhase, { readonly mark: string; readonly colour: Colour }>
> = {
  '': { mark: '◷', colour: 'grey' },
  Pending: { mark: '◷', colour: 'yellow' },
  Running: { mark: '●', colour: 'cyan' },
  Succeeded: { mark: '✔', colour: 'green' },
  Skipped: { mark: '○', colour: 'grey' },
  Omitted: { mark: '○', colour: 'grey' },
  Failed: { mark: '✖', colour: 'red' },
  Error: { mark: '⚠', colour: 'red' },
}

const narrow = 60

export function renderTree(workflow: Workflow, options: RenderOptions): readonly string[] {
  const { metadata, status } = workflow
  const head: TreeLine = {
    depth: 0,
    phase: status?.phase ?? '',
    name: metadata.name ?? '',
    seconds: secondsOf(status?.startedAt, status?.finishedAt, options.now),
    message: status?.message ?? '',
  }
  const lines = treeLines(workflow, options.now)
  // A workflow of one template has one node that is the workflow itself: once is enough.
  const [first] = lines
  const rest = first !== undefined && first.depth === 0 && first.name === head.name ? lines.slice(1) : lines
  const all = [head, ...rest.map((line) => ({ ...line, depth: Math.max(1, line.depth) }))]
  const nameColumns = Math.min(
    40,
    Math.max(...all.map((line) => 2 * line.depth + widthOf(oneLine(line.name)))),
  )
  return all.map((line) => renderLine(line, nameColumns, options))
}

function renderLine(line: TreeLine, nameColumns: number, { columns, paint }: RenderOptions): string {
  const { mark, colour } = marks[line.phase]
  const indent = '  '.repeat(line.depth)
  const message = oneLine(line.message)
  const label = indent + oneLine(line.name)
  const state =
    line.phase === 'Succeeded' || line.phase === 'Running' || line.phase === '' ? '' : `${line.phase} `
  const tail = `${durationText(line.seconds).padStart(5)}  ${state}${message}`.trimEnd()
  const padding = columns < narrow ? ' ' : ' '.repeat(Math.max(1, nameColumns - widthOf(label) + 1))
  const text = fit(`${label}${padding}${tail}`, Math.max(8, columns - 3))
  return `${paint(mark, colour)} ${line.depth === 0 ? paint(text, 'bold') : text}`
}
