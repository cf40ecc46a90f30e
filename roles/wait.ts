// `argoexec wait`: the container beside main. It notices main's end, brings its outputs into the store and tells the
// controller about them.

import { readFileSync } from 'node:fs'
import { driverNameOf } from '../artifacts/location.ts'
import { createDrivers, type DriverSource } from '../artifacts/registry.ts'
import { ArgoError, errorMessage } from '../src/errors/argo-error.ts'
import type { KubeApi } from '../src/kube/api.ts'
import { inClusterConfig } from '../src/kube/in-cluster.ts'
import type { KubeConfig } from '../src/kube/kube-config.ts'
import { createKubeClient } from '../src/kube/rest-client.ts'
import { createLogger, type Logger } from '../src/log/logger.ts'
import { readExecutorSettings } from '../src/pod/executor-settings.ts'
import { podLayout, type Layout } from '../src/pod/layout.ts'
import { containers, exitCodeOf, exitCodes } from '../src/pod/names.ts'
import { secretReader } from '../src/pod/secret-files.ts'
import { writeTerminationMessage } from '../src/process/termination-message.ts'
import { Reporter } from '../src/results/reporter.ts'
import type { Template } from '../src/spec/types.ts'
import { readEnvironment, type Environment } from '../src/util/environment.ts'
import { executorFlags, loggerOptions, parseFlags } from '../src/util/flags.ts'
import { transientPattern } from '../src/util/transient-pattern.ts'
import { collectOutputs } from './wait/collect-outputs.ts'
import { attempt, collectFailures } from './wait/failures.ts'
import { outputPlaces } from './wait/output-places.ts'
import { watchMain } from './wait/watch-main.ts'
import { watchProgress } from './wait/watch-progress.ts'

/** For all reports at the end together; each call has attempts for a quarter of an hour. */
const patienceMs = 20 * 60_000
const impatience = 'report the outputs: the Kubernetes API has not taken them for 20 minutes'

export interface WaitContext {
  readonly env: Environment
  readonly layout: Layout
  readonly log: Logger
  readonly api: KubeApi
  readonly namespace: string
  /** Aborted by SIGTERM: ends the waiting for main, never the collecting. */
  readonly terminated: AbortSignal
}

export async function wait(argv: readonly string[]): Promise<number> {
  const { values } = parseFlags(argv, executorFlags)
  const log = createLogger(loggerOptions(values))
  const env = readEnvironment()
  const layout = podLayout()
  const terminate = new AbortController()
  // Stays for the life of the process: the controller sends it again and again while outputs are uploaded.
  process.on('SIGTERM', () => terminate.abort())
  try {
    const config = await kubeConfig(env, layout, values.kubeconfig)
    const api = createKubeClient(config, { env })
    const namespace = values.namespace ?? config.namespace ?? 'default'
    try {
      return await runWait({ env, layout, log, api, namespace, terminated: terminate.signal })
    } finally {
      api.close()
    }
  } catch (error) {
    const message = errorMessage(error)
    log.error(message)
    writeTerminationMessage(message, layout.terminationLog)
    return exitCodeOf(error)
  }
}

/** The pod's service account, unless the configuration's `kubeConfig` names a file; only that loads the reader of such files. */
async function kubeConfig(env: Environment, layout: Layout, path: string | undefined): Promise<KubeConfig> {
  if (path === undefined)
    return inClusterConfig(env, (file) => readFileSync(file, 'utf8'), layout.serviceAccount)
  const { loadKubeConfig } = await import('../src/kube/kubeconfig.ts')
  return loadKubeConfig({ env, path })
}

/** Exit code: 0, or 64 with the first error as termination message. Throws when it cannot even start. */
export async function runWait(context: WaitContext): Promise<number> {
  const { env, layout, log, api, namespace, terminated } = context

  // 1. Files that main is to read or remove: modes are meant as they are written.
  process.umask(0)

  // 2. What is this pod to do?
  const settings = readExecutorSettings(env, layout)
  const { template, nodeId, workflowName, workflowUid, instanceId } = settings
  const failures = collectFailures(log)
  const patience = new AbortController()

  // 3. The controller learns that outputs will come. It need not be there yet: main is not waiting for it.
  const owner = { nodeId, workflowName, workflowUid, instanceId }
  const reporter = new Reporter({
    api,
    namespace,
    owner,
    log,
    signal: patience.signal,
    matches: await transientPattern(env),
  })
  const begun = attempt(failures, () => reporter.begin())
  const progress =
    settings.progress &&
    watchProgress({ ...settings.progress, log, report: (value) => reporter.reportProgress(value) })

  // 4. What is needed at the end is loaded while main runs.
  const drivers = createDrivers({ readSecret: secretReader(layout.secrets), env, log })
  preload(template, drivers, log)

  // 5. Main's end, in whatever way.
  const names = [containers.main]
  let deadlineMessage: string | undefined
  const end = await watchMain({
    varRunArgo: layout.varRunArgo,
    names,
    deadline: settings.deadline,
    graceMs: settings.graceMs,
    terminated,
    log,
    onDeadline: () => {
      deadlineMessage = 'Step exceeded its deadline'
      writeTerminationMessage(deadlineMessage, layout.terminationLog)
    },
  })
  log.info('main has ended', { how: end })
  if (end === 'killed') failures.add(new ArgoError('main was killed (signal 9)', { code: 'ERR_PROCESS' }))

  // 6. Its outputs: result, parameters, artifacts, logs. Each error is kept, none stops the others.
  const { archiveLocation } = template
  const places = outputPlaces(template, layout)
  // Nothing but their own bounds on silence and retries ends the uploads, however long they take.
  const removeStaged = env['REMOVE_LOCAL_ART_PATH'] === 'true'
  const save = { archiveLocation, places, drivers, removeStaged, signal: new AbortController().signal, log }
  const outputs = await collectOutputs({
    template,
    includeResult: settings.includeScriptOutput,
    save,
    failures,
  })

  // 7. The report, in one patch; then the label that lets the controller go on.
  const timer = setTimeout(
    () => patience.abort(new ArgoError(impatience, { code: 'ERR_UNAVAILABLE' })),
    patienceMs,
  )
  await begun
  await progress?.finish()
  await attempt(failures, () => reporter.reportOutputs(outputs))
  await attempt(failures, () => reporter.complete())
  clearTimeout(timer)
  await drivers.close()

  // 8. The first error is what people see.
  if (failures.first === undefined) return 0
  writeTerminationMessage(deadlineMessage ?? failures.first, layout.terminationLog)
  return exitCodes.executor
}

/** Loads the code of the stores that outputs and logs will go to; a failure shows when they are used. */
function preload(template: Template, drivers: DriverSource, log: Logger): void {
  const artifacts = template.outputs?.artifacts ?? []
  const places = [
    ...artifacts,
    ...(artifacts.length > 0 || template.archiveLocation?.archiveLogs
      ? [template.archiveLocation ?? {}]
      : []),
  ]
  const names = new Set(places.map((place) => driverNameOf(place)).filter((name) => name !== undefined))
  drivers
    .preload([...names])
    .catch((error: unknown) =>
      log.warn('cannot load a store ahead of its use', { error: errorMessage(error) }),
    )
}
