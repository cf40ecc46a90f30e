// What the impure half of the controller works with: the API, what is known of the cluster, and the clock.

import type { ClusterView } from './cluster-view.ts'
import type { ExecutorSettings } from './operate/reconcile-types.ts'
import type { PodTerminator } from './terminate-pod.ts'
import type { RetryDelays } from './retry-delays.ts'
import type { KubeApi } from '../kube/api.ts'
import type { Logger } from '../log/logger.ts'
import type { ControllerConfig, JsonObject } from '../spec/types.ts'

export interface Shell {
  readonly api: KubeApi
  readonly cluster: ClusterView
  readonly config: ControllerConfig
  /** Fills in what repositories of ConfigMaps leave open, where there is something to fill in. */
  readonly completeRepository?: (written: JsonObject) => JsonObject
  readonly executor: ExecutorSettings
  readonly terminator: PodTerminator
  readonly delays: RetryDelays
  /** Looks at the workflow again after so many milliseconds. */
  readonly wakeUp: (key: string, afterMs: number) => void
  readonly log: Logger
  readonly signal: AbortSignal
  readonly now: () => Date
}
