// `argo run FILE...`: a workflow from files to its end, on this machine alone: embedded API, embedded store, an engine
// that plays the kubelet, and the same controller as on a cluster, all in this one process.

import { errorMessage, hasCode } from '../src/errors/argo-error.ts'
import { startController } from '../src/controller/start-controller.ts'
import { buryKilledRuns } from '../src/local/state/bury-killed-runs.ts'
import type { Engine } from '../src/local/engine/start-engine.ts'
import { executorImage, namespace } from '../src/local/state/names.ts'
import { noteRun } from '../src/local/state/running-runs.ts'
import { makeStateFolder, stateFolder } from '../src/local/state/state-folder.ts'
import { readEnvironment } from '../src/util/environment.ts'
import { readCommandLine, type RunRequest } from './run/command-line.ts'
import { createObjects } from './run/create-objects.ts'
import { followWorkflow } from './run/follow-workflow.ts'
import { giveUp } from './run/give-up.ts'
import { listenForInterrupts } from './run/interrupts.ts'
import { chooseIsolation } from './run/isolation.ts'
import { openRunLog } from './run/run-log.ts'
import { openScreen } from './run/screen.ts'
import { printResult } from './run/print-result.ts'
import { readConfig } from './run/read-config.ts'
import { readObjects } from './run/read-objects.ts'
import { startEngineFor } from './run/start-engine-for.ts'
import { startServices } from './run/start-services.ts'
import { unlikeCluster } from './run/unlike-cluster.ts'
import { stopWorkflow } from './run/stop-workflow.ts'

const stopGraceMs = 30_000

/** 0 Succeeded, 1 Failed or Error, 2 invalid input, 130 interrupted. */
export async function run(argv: readonly string[]): Promise<number> {
  const request = readCommandLine(argv)
  if (request === undefined) return 0
  const screen = openScreen(request, readEnvironment())
  try {
    return await runWorkflow(request, screen)
  } catch (error) {
    screen.fail(errorMessage(error))
    return hasCode(error, 'ERR_INVALID_INPUT') ||
      hasCode(error, 'ERR_CONFLICT') ||
      hasCode(error, 'ERR_ISOLATION')
      ? 2
      : 1
  } finally {
    screen.view.close()
  }
}

async function runWorkflow(request: RunRequest, screen: ReturnType<typeof openScreen>): Promise<number> {
  const { view } = screen
  await using ends = new AsyncDisposableStack()

  // 1. A place for everything that is kept, and boxes that warm up while we read.
  const state = stateFolder(request.state, readEnvironment())
  makeStateFolder(state)
  const log = openRunLog(state)
  const isolation = chooseIsolation(request.isolation, [process.cwd(), state.path])
  ends.defer(() => isolation.close())

  // 2. What to run. Everything wrong with it is told at once, before anything starts.
  const { config, warnings } = readConfig(request.config)
  const objects = readObjects(request)
  for (const warning of [...warnings, ...objects.warnings]) view.note(warning)

  // 3. What a cluster would have: the API and a store for artifacts.
  const services = await startServices(state, config, String(process.pid))
  ends.defer(() => services.close())
  const { api } = services.local
  for (const name of await buryKilledRuns(state, api, namespace))
    view.note(`${name} was left by a run that was killed; it is marked as Error`)

  // 4. The user's objects.
  const boxes = await isolation.ready(objects.workflow, (line) => view.note(line))
  const surroundings = {
    uid: process.getuid?.() ?? 0,
    isIsolated: boxes.root.type !== 'none',
    config: services.config,
    claims: state.claims,
  }
  for (const line of unlikeCluster(objects.workflow, surroundings)) view.note(line)
  const { metadata } = await createObjects(api, objects)
  const { name = '', uid = '' } = metadata
  ends.defer(noteRun(state, name, uid))

  // 5. The first Ctrl-C asks the workflow to stop, the second one does not ask.
  const interrupts = listenForInterrupts(() => {
    view.note('stopping the steps; once more ends them at once')
    void stopWorkflow(api, name, 'Stop', log)
  })
  ends.defer(() => interrupts.close())

  // 6. The kubelet and the controller of this workflow, and what they make of it.
  const engine = startEngineFor({
    request,
    services,
    state,
    boxes,
    config: services.config,
    workflowName: name,
    log,
    view,
  })
  ends.defer(() => closeEngine(engine, interrupts.urgent))
  const controlling = new AbortController()
  const controller = startController({
    api,
    namespace,
    config: services.config,
    completeRepository: services.completeRepository,
    executorImage,
    workflowName: name,
    log,
    signal: controlling.signal,
  })
  ends.defer(async () => {
    controlling.abort(new Error('the run has ended'))
    await controller.catch((error: unknown) =>
      log.error('end the controller', { error: errorMessage(error) }),
    )
  })
  const failed = controller.then(() =>
    Promise.reject(new Error('the controller has ended before the workflow')),
  )
  const following = followWorkflow(api, name, interrupts.urgent, (workflow) => view.workflow(workflow))
  const ended = await Promise.race([following, failed]).catch((error: unknown) => {
    if (!interrupts.urgent.aborted) throw error
    return giveUp(api, name)
  })

  // 7. What came out.
  if (ended === undefined) throw new Error(`workflow ${name} was deleted while it ran`)
  // What steps say while they end belongs to what they printed.
  if (interrupts.gentle.aborted) await closeEngine(engine, interrupts.urgent)
  view.close()
  await printResult(ended, request.output, screen)
  if (interrupts.gentle.aborted) return 130
  return ended.status?.phase === 'Succeeded' ? 0 : 1
}

/** Steps that were told to end may take their time, until somebody loses patience. */
async function closeEngine(engine: Engine, urgent: AbortSignal): Promise<void> {
  const hurry = (): void => void engine.close(0)
  urgent.addEventListener('abort', hurry, { once: true })
  await engine.close(urgent.aborted ? 0 : stopGraceMs)
  urgent.removeEventListener('abort', hurry)
}
