// `argo logs WORKFLOW [STEP]`: what the steps of a workflow of this machine printed.

import { join } from 'node:path'
import { isatty } from 'node:tty'
import { ArgoError } from '../src/errors/argo-error.ts'
import type { Pod } from '../src/local/engine/pod.ts'
import { buryKilledRuns } from '../src/local/state/bury-killed-runs.ts'
import { namespace } from '../src/local/state/names.ts'
import { findWorkflow, openApi } from '../src/local/state/open-api.ts'
import { stateFolder } from '../src/local/state/state-folder.ts'
import { stepName } from '../src/local/state/step-name.ts'
import { createPaint, wantsColour } from '../src/local/view/paint.ts'
import { createStepLines } from '../src/local/view/step-lines.ts'
import { annotations, containers } from '../src/pod/names.ts'
import { readEnvironment } from '../src/util/environment.ts'
import { parseFlags } from '../src/util/flags.ts'
import { nearest } from '../src/util/nearest.ts'
import { writeWhole } from '../src/util/write-whole.ts'
import { followLogs } from './logs/follow-logs.ts'
import { readLogs, type LogWish } from './logs/read-logs.ts'

const flags = {
  follow: { type: 'boolean', short: 'f', default: false },
  container: { type: 'string', short: 'c', default: containers.main },
  state: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const help = `Usage: argo logs WORKFLOW|@latest [STEP] [-f] [-c CONTAINER] [--state DIR]

Examples:
  argo logs @latest                what all steps of the newest workflow printed
  argo logs @latest consume        one step, as it printed it
  argo logs @latest consume -c wait
  argo logs -f @latest             goes on until the workflow has ended
`

export async function logs(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseFlags(argv, flags)
  if (values.help === true) {
    writeWhole(1, help)
    return 0
  }
  const [name = '@latest', step, ...more] = positionals
  if (more.length > 0)
    throw new ArgoError(`one step at a time, not ${positionals.length - 1}`, { code: 'ERR_USAGE' })
  const env = readEnvironment()
  const state = stateFolder(values.state, env)
  using opened = openApi(state)
  const workflow = (await findWorkflow(opened.api, name)).metadata.name ?? ''
  let isRead = true
  const lines = createStepLines(createPaint(wantsColour(isatty(1), env)), (line) => {
    isRead = writeWhole(1, `${line}\n`)
  })
  const wish: LogWish = {
    api: opened.api,
    workflow,
    container: values.container,
    pathOf: ({ metadata }) => join(state.logs, metadata.name ?? '', `${values.container}.log`),
    isMeant: (pod) => step === undefined || namesOf(pod, workflow).includes(step),
    give: (pod, chunk) => {
      // One step alone is given out byte for byte, for programs.
      if (step === undefined) lines.add(stepName(nodeOf(pod), workflow), chunk)
      else isRead = writeWhole(1, chunk)
      return isRead
    },
  }
  const bury = (): Promise<unknown> => buryKilledRuns(state, opened.api, namespace)
  const pods = values.follow ? await followLogs(wish, bury) : await readLogs(wish)
  lines.flush()
  if (step !== undefined && !pods.some(wish.isMeant)) throw noStep(pods, step, workflow)
  return 0
}

/** A step by its name, by the name of its node, or by its pod; a loop has several of one name. */
function namesOf(pod: Pod, workflow: string): readonly string[] {
  const node = nodeOf(pod)
  const short = stepName(node, workflow)
  return [short, short.replace(/\(.*\)$/, ''), node, pod.metadata.name ?? '']
}

function nodeOf({ metadata }: Pod): string {
  return metadata.annotations?.[annotations.nodeName] ?? metadata.name ?? ''
}

function noStep(pods: readonly Pod[], step: string, workflow: string): ArgoError {
  const near = nearest(
    step,
    pods.flatMap((pod) => namesOf(pod, workflow)),
  )
  return new ArgoError(
    `${workflow} has no step ${JSON.stringify(step)} that ran${near === undefined ? '' : `, did you mean ${near}?`}`,
    { code: 'ERR_NOT_FOUND' },
  )
}
