// `argo get WORKFLOW`: how a workflow of this machine stands, or stood at its end.

import { isatty } from 'node:tty'
import { ArgoError } from '../src/errors/argo-error.ts'
import { buryKilledRuns } from '../src/local/state/bury-killed-runs.ts'
import { namespace } from '../src/local/state/names.ts'
import { findWorkflow, openApi } from '../src/local/state/open-api.ts'
import { stateFolder } from '../src/local/state/state-folder.ts'
import { createPaint, wantsColour } from '../src/local/view/paint.ts'
import { printWorkflow } from '../src/local/view/print-workflow.ts'
import { renderTree } from '../src/local/view/render-tree.ts'
import { summaryLines } from '../src/local/view/summary.ts'
import { readEnvironment } from '../src/util/environment.ts'
import { parseFlags } from '../src/util/flags.ts'
import { writeWhole } from '../src/util/write-whole.ts'

const flags = {
  output: { type: 'string', short: 'o' },
  state: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const help = `Usage: argo get WORKFLOW|@latest [-o json|yaml|name] [--state DIR]

Examples:
  argo get @latest                 the newest workflow as a tree
  argo get hello-x2f4k -o yaml     everything about one
`

export async function get(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseFlags(argv, flags)
  if (values.help === true) {
    writeWhole(1, help)
    return 0
  }
  const [name = '@latest', ...more] = positionals
  if (more.length > 0)
    throw new ArgoError(`one workflow at a time, not ${positionals.length}`, { code: 'ERR_USAGE' })
  const format = formatOf(values.output)
  const env = readEnvironment()
  const state = stateFolder(values.state, env)
  using opened = openApi(state)
  await buryKilledRuns(state, opened.api, namespace)
  const workflow = await findWorkflow(opened.api, name)
  if (format !== undefined) {
    writeWhole(1, await printWorkflow(workflow, format))
    return 0
  }
  const isTerminal = isatty(1)
  const paint = createPaint(wantsColour(isTerminal, env))
  const columns = (isTerminal ? process.stdout.columns : 0) || 200
  const tree = renderTree(workflow, { columns, paint, now: new Date() })
  writeWhole(1, [...tree, '', ...summaryLines(workflow, paint)].join('\n') + '\n')
  return 0
}

function formatOf(text: string | undefined): 'json' | 'yaml' | 'name' | undefined {
  if (text === undefined || text === 'json' || text === 'yaml' || text === 'name') return text
  throw new ArgoError(`-o ${text}: it must be json, yaml or name`, { code: 'ERR_USAGE' })
}
