// The result of a run in the form that was asked for.

import type { Workflow } from '../../src/spec/types.ts'
import { printWorkflow } from '../../src/local/view/print-workflow.ts'
import type { OutputFormat } from './command-line.ts'
import type { RunScreen } from './screen.ts'
import { summaryLines } from '../../src/local/view/summary.ts'

export async function printResult(
  workflow: Workflow,
  output: OutputFormat | undefined,
  screen: RunScreen,
): Promise<void> {
  if (output === undefined) screen.write(summaryLines(workflow, screen.paint).join('\n') + '\n')
  else screen.print(await printWorkflow(workflow, output))
}
