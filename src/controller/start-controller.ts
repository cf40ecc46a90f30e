// Runs the controller until its signal ends it: for the role on a cluster and for the laptop's `argo run`.

import { errorMessage } from '../errors/argo-error.ts'
import { WorkQueue } from '../kube/work-queue.ts'
import { watchCluster } from './cluster-view.ts'
import { processWorkflow } from './process-workflow.ts'
import { createPodTerminator } from './terminate-pod.ts'
import { RetryDelays } from './retry-delays.ts'
import type { Shell } from './shell.ts'
import type { KubeApi } from '../kube/api.ts'
import type { Logger } from '../log/logger.ts'
import type { ControllerConfig, JsonObject } from '../spec/types.ts'

export interface ControllerOptions {
  readonly api: KubeApi
  /** Where workflows are looked for; all namespaces when absent or ''. */
  readonly namespace?: string
  readonly config: ControllerConfig
  /** Completes the repositories that ConfigMaps describe: a laptop has a store for those that name none. */
  readonly completeRepository?: (written: JsonObject) => JsonObject
  readonly executorImage: string
  readonly executorImagePullPolicy?: string
  /** Flags of the executor's log in the pods. Default info and text. */
  readonly executorLog?: { readonly level: string; readonly format: string }
  /** Workflows that are worked on at once. Default 32. */
  readonly workers?: number
  /** Look after this workflow alone. */
  readonly workflowName?: string
  readonly log: Logger
  /** Ends the controller: the only way. */
  readonly signal: AbortSignal
  readonly now?: () => Date
}

/** Resolves when the signal has ended everything; rejects when the API cannot be read at all before that. */
export async function startController(options: ControllerOptions): Promise<void> {
  const { signal, log } = options
  const queue = new WorkQueue()
  const end = (): void => queue.close()
  signal.addEventListener('abort', end, { once: true })
  const cluster = watchCluster(options, (key) => queue.add(key))
  const terminator = createPodTerminator(options)
  const shell: Shell = {
    api: options.api,
    cluster,
    config: options.config,
    ...(options.completeRepository !== undefined && { completeRepository: options.completeRepository }),
    executor: {
      image: options.executorImage,
      ...(options.executorImagePullPolicy !== undefined && {
        imagePullPolicy: options.executorImagePullPolicy,
      }),
      log: options.executorLog ?? { level: 'info', format: 'text' },
    },
    terminator,
    delays: new RetryDelays(),
    wakeUp: (key, afterMs) => queue.addAfter(key, afterMs),
    log,
    signal,
    now: options.now ?? (() => new Date()),
  }
  try {
    await cluster.synced
    log.debug('the controller knows the cluster', { workflows: cluster.size })
    await Promise.all(Array.from({ length: options.workers ?? 32 }, () => work(shell, queue)))
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    queue.close()
    signal.removeEventListener('abort', end)
    await Promise.allSettled([cluster.ended, terminator.ended()])
  }
}

async function work(shell: Shell, queue: WorkQueue): Promise<void> {
  for (let key = await queue.take(shell.signal); key !== undefined; key = await queue.take(shell.signal)) {
    try {
      await processWorkflow(shell, key)
      shell.delays.forget(key)
    } catch (error) {
      if (shell.signal.aborted) return
      const waitMs = shell.delays.next(key)
      shell.log.warn('a workflow could not be brought forward, trying again', {
        key,
        error: errorMessage(error),
        waitMs,
      })
      shell.wakeUp(key, waitMs)
    } finally {
      queue.done(key)
    }
  }
}
