// Reads the controller's ConfigMap from the cluster.

import { resources, type KubeApi } from '../../src/kube/api.ts'
import { isNotFound } from '../../src/kube/kube-error.ts'
import { retryApi } from '../../src/kube/retry.ts'
import { parseControllerConfig, type ParsedConfig } from '../../src/controller/config/parse-config.ts'
import type { ConfigMap } from '../../src/controller/pod/pod-types.ts'

export interface ConfigSource {
  readonly namespace: string
  readonly name: string
  readonly signal: AbortSignal
}

/** A cluster without the ConfigMap is one without artifact repository; the controller says so and works. */
export async function readConfig(
  api: KubeApi,
  { namespace, name, signal }: ConfigSource,
): Promise<ParsedConfig> {
  try {
    const configMap = await retryApi({ signal }, () =>
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
