// Reads the controller's ConfigMap from the cluster.

import { resources, type KubeApi } from '../../src/kube/api.ts'
import { errorMessage } from '../../src/errors/argo-error.ts'
import { isNotFound } from '../../src/kube/kube-error.ts'
import { retryApi } from '../../src/kube/retry.ts'
import { parseControllerConfig, type ParsedConfig } from '../../src/controller/config/parse-config.ts'
import type { Logger } from '../../src/log/logger.ts'
import type { ConfigMap } from '../../src/controller/pod/pod-types.ts'

export interface ConfigSource {
  readonly namespace: string
  readonly name: string
  readonly log: Logger
  readonly signal: AbortSignal
}

/** The first call to the API: a cluster that starts together with its controller may need two minutes to answer. */
const patience = { durationMs: 500, factor: 2, jitter: 0.2, steps: 16, capMs: 10_000 }

/** A cluster without the ConfigMap is one without artifact repository; the controller says so and works. */
export async function readConfig(
  api: KubeApi,
  { namespace, name, log, signal }: ConfigSource,
): Promise<ParsedConfig> {
  try {
    const onRetry = (error: unknown, attempt: number, waitMs: number): void =>
      log.warn('the API does not answer yet, trying again', {
        error: errorMessage(error),
        attempt,
        waitMs: Math.round(waitMs),
      })
    const configMap = await retryApi({ signal, backoff: patience, onRetry }, () =>
      api.get<ConfigMap>(resources.configMaps, namespace, name, { signal }),
    )
    return parseControllerConfig(configMap.data ?? {}, `ConfigMap ${namespace}/${name}`)
  } catch (error) {
    if (!isNotFound(error)) throw error
    return {
      config: {},
      warnings: [`ConfigMap ${namespace}/${name} does not exist: there is no artifact repository`],
    }
  }
}
