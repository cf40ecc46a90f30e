// Tells the controller about a step: one object per node, made early, filled once, closed at the end.

import { errorMessage } from '../errors/argo-error.ts'
import { resources, type KubeApi } from '../kube/api.ts'
import { isAlreadyExists, isForbidden, isNotFound } from '../kube/kube-error.ts'
import { retryApi, type ApiRetryOptions } from '../kube/retry.ts'
import type { Logger } from '../log/logger.ts'
import type { Outputs } from '../spec/types.ts'
import type { Backoff } from '../util/retry.ts'
import {
  buildCompletion,
  buildTakeOver,
  buildTaskResult,
  type TaskResultContent,
  type TaskResultOwner,
} from './task-result.ts'

export interface ReporterOptions {
  readonly api: KubeApi
  readonly namespace: string
  readonly owner: TaskResultOwner
  readonly log: Logger
  readonly signal: AbortSignal
  /** Default: up to 10 s apart, for a quarter of an hour and more. */
  readonly backoff?: Backoff
  /** The administrator's own pattern of transient messages. */
  readonly matches?: (message: string) => boolean
}

// deviates: Argo means to try for ever and gives up after half a minute.
/** The outputs of a finished step are worth more waiting than an ordinary call: an API server may be away for long. */
const patient: Backoff = { durationMs: 500, factor: 2, jitter: 0.2, steps: 95, capMs: 10_000 }

const advice =
  'failed to patch task result, see https://argo-workflows.readthedocs.io/en/latest/workflow-rbac/'

/** Calls go out one after the other, in the order in which they were made. */
export class Reporter {
  readonly #options: ReporterOptions
  #created = false
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  /** Makes the object, with the label that holds the node back until `complete`. */
  begin(): Promise<void> {
    return this.#inTurn(() => this.#create({}))
  }

  reportProgress(progress: string): Promise<void> {
    return this.#inTurn(() => this.#upsert({ progress }))
  }

  reportOutputs(outputs: Outputs): Promise<void> {
    return this.#inTurn(() => this.#upsert({ outputs }))
  }

  /** Lets the controller complete the node. Succeeds when the object is gone: then nobody waits for it. */
  complete(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#patch(buildCompletion())
      } catch (error) {
        if (!isNotFound(error)) throw error
        this.#options.log.warn('the task result is gone, nothing to complete')
      }
    })
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  async #upsert(content: TaskResultContent): Promise<void> {
    if (!this.#created) return this.#create(content)
    try {
      await this.#patch(content)
    } catch (error) {
      if (!isNotFound(error)) throw error
      await this.#create(content)
    }
  }

  /** One that is there is ours: from an answer that was lost, or from an earlier start of this container. */
  async #create(content: TaskResultContent): Promise<void> {
    const { api, namespace, owner, signal } = this.#options
    try {
      await this.#call(() =>
        api.create(resources.taskResults, namespace, buildTaskResult(owner, content), { signal }),
      )
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
      await this.#patch(buildTakeOver(owner, content))
    }
    this.#created = true
  }

  async #patch(body: unknown): Promise<void> {
    const { api, namespace, owner, signal } = this.#options
    await this.#call(() =>
      api.patch(resources.taskResults, namespace, owner.nodeId, 'merge', body, { signal }),
    )
  }

  async #call(work: () => Promise<unknown>): Promise<void> {
    const { backoff, log, matches, signal } = this.#options
    const options: ApiRetryOptions = {
      backoff: backoff ?? patient,
      signal,
      ...(matches === undefined ? {} : { matches }),
      onRetry: (error, attempt, waitMs) => {
        log.warn('the Kubernetes API does not take the task result, trying again', {
          error: errorMessage(error),
          attempt,
          waitMs: Math.round(waitMs),
        })
      },
    }
    try {
      await retryApi(options, work)
    } catch (error) {
      if (isForbidden(error)) log.error(advice, { error: errorMessage(error) })
      throw error
    }
  }
}
