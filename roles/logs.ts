// `argo logs WORKFLOW [STEP]`: what the steps of a workflow of this machine printed.

import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { isatty } from 'node:tty'
import { ArgoError } from '../src/errors/argo-error.ts'
import { podResource, type Pod } from '../src/local/engine/pod.ts'
import { namespace } from '../src/local/state/names.ts'
import { findWorkflow, openApi } from '../src/local/state/open-api.ts'
import { stateFolder } from '../src/local/state/state-folder.ts'
import { stepName } from '../src/local/state/step-name.ts'
import { createPaint, wantsColour } from '../src/local/view/paint.ts'
import { createStepLines } from '../src/local/view/step-lines.ts'
import { annotations, containers, labels } from '../src/pod/names.ts'
import { readEnvironment } from '../src/util/environment.ts'
import { parseFlags } from '../src/util/flags.ts'
import { writeWhole } from '../src/util/write-whole.ts'
import { nearest } from '../src/util/nearest.ts'

const flags = {
  container: { type: 'string', short: 'c', default: containers.main },
  state: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const help = `Usage: argo logs WORKFLOW|@latest [STEP] [-c CONTAINER] [--state DIR]

Examples:
  argo logs @latest                what all steps of the newest workflow printed
  argo logs @latest consume        one step, as it printed it
  argo logs @latest consume -c wait
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
  const pods = await podsOf(opened, workflow)
  const chosen = step === undefined ? pods : choose(pods, step, workflow)
  const lines = createStepLines(createPaint(wantsColour(isatty(1), env)), (line) =>
    writeWhole(1, `${line}\n`),
  )
  for (const pod of chosen) {
    for await (const chunk of readLog(join(state.logs, pod.metadata.name ?? '', `${values.container}.log`))) {
      // One step alone is given out byte for byte, for programs.
      if (step === undefined) lines.add(stepName(nodeOf(pod), workflow), chunk)
      else writeWhole(1, chunk)
    }
  }
  lines.flush()
  return 0
}

async function podsOf({ api }: ReturnType<typeof openApi>, workflow: string): Promise<readonly Pod[]> {
  const { items } = await api.list<Pod>(podResource, namespace, {
    labelSelector: `${labels.workflow}=${workflow}`,
  })
  return items.toSorted((a, b) => startOf(a).localeCompare(startOf(b)))
}

function startOf({ metadata, status }: Pod): string {
  return status?.startTime ?? metadata.creationTimestamp ?? ''
}

/** A step by its name, by the name of its node, or by its pod; a loop has several of one name. */
function choose(pods: readonly Pod[], step: string, workflow: string): readonly Pod[] {
  const namesOf = (pod: Pod): readonly string[] => {
    const node = nodeOf(pod)
    const short = stepName(node, workflow)
    return [short, short.replace(/\(.*\)$/, ''), node, pod.metadata.name ?? '']
  }
  const chosen = pods.filter((pod) => namesOf(pod).includes(step))
  if (chosen.length > 0) return chosen
  const near = nearest(step, pods.flatMap(namesOf))
  throw new ArgoError(
    `${workflow} has no step ${JSON.stringify(step)} that ran${near === undefined ? '' : `, did you mean ${near}?`}`,
    {
      code: 'ERR_NOT_FOUND',
    },
  )
}

function nodeOf({ metadata }: Pod): string {
  return metadata.annotations?.[annotations.nodeName] ?? metadata.name ?? ''
}

/** A container that never started has no log. */
async function* readLog(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
