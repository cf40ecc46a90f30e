// What a person sees while a workflow runs: one interface, a live tree on terminals and plain lines elsewhere.

import type { Workflow } from '../../src/spec/types.ts'
import type { Paint } from '../../src/local/view/paint.ts'

export interface View {
  /** A new state of the workflow. */
  workflow(workflow: Workflow): void
  /** Something that a step printed. */
  output(step: string, chunk: Buffer): void
  /** A line about the run itself. */
  note(line: string): void
  /** Shows the end and leaves the screen to others. */
  close(): void
}

/** Where the view writes, and what that place can do. */
export interface Screen {
  write(text: string): void
  readonly columns: () => number
  readonly rows: () => number
  readonly paint: Paint
}
