// Where a run shows itself: standard output, or standard error when the output is for another program.

import { isatty } from 'node:tty'
import { createPaint, wantsColour } from '../../src/local/view/paint.ts'
import type { Environment } from '../../src/util/environment.ts'
import { writeWhole } from '../../src/util/write-whole.ts'
import type { RunRequest } from './command-line.ts'
import { createLiveView } from './live-view.ts'
import { createPlainView } from './plain-view.ts'
import type { Screen, View } from './view.ts'

export interface RunScreen extends Screen {
  readonly view: View
  /** Writes to standard output, whole. */
  print(text: string): void
  /** Tells on standard error why there is no result. */
  fail(message: string): void
}

export function openScreen(request: RunRequest, env: Environment): RunScreen {
  const descriptor = request.output === undefined ? 1 : 2
  const isTerminal = isatty(descriptor)
  const stream = descriptor === 1 ? process.stdout : process.stderr
  const screen: Screen = {
    write: (text) => writeWhole(descriptor, text),
    columns: () => (isTerminal ? stream.columns : 0) || 200,
    rows: () => (isTerminal ? stream.rows : 0) || 24,
    paint: createPaint(wantsColour(isTerminal, env)),
  }
  const view = once(isTerminal && env['TERM'] !== 'dumb' ? createLiveView(screen) : createPlainView(screen))
  return {
    ...screen,
    view,
    print: (text) => writeWhole(1, text),
    fail(message) {
      view.close()
      writeWhole(2, `argo: ${message}\n`)
    },
  }
}

function once(view: View): View {
  let closed = false
  return {
    workflow: (workflow) => (closed ? undefined : view.workflow(workflow)),
    output: (step, chunk) => (closed ? undefined : view.output(step, chunk)),
    note: (line) => (closed ? undefined : view.note(line)),
    close() {
      if (!closed) view.close()
      closed = true
    },
  }
}
