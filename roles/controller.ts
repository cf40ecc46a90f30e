// `argo controller`: runs workflows on a cluster, until it is told to stop.

import { createLogger } from '../src/log/logger.ts'
import { createKubeClient } from '../src/kube/rest-client.ts'
import { loadKubeConfig } from '../src/kube/kubeconfig.ts'
import { startController } from '../src/controller/start-controller.ts'
import { readEnvironment } from '../src/util/environment.ts'
import { errorMessage } from '../src/errors/argo-error.ts'
import { endOnSignals } from './controller/end-on-signals.ts'
import { holdLease } from './controller/hold-lease.ts'
import { readFlags } from './controller/read-flags.ts'
import { readConfig } from './controller/read-config.ts'

export async function controller(argv: readonly string[]): Promise<number> {
  // 1. What is asked for.
  const env = readEnvironment()
  const flags = readFlags(argv, env)
  if (flags === undefined) return 0
  const log = createLogger({ level: flags.logLevel, format: flags.logFormat })

  // 2. The cluster: a kubeconfig, or the service account of this pod.
  const kubeConfig = await loadKubeConfig({
    env,
    ...(flags.kubeconfig !== undefined && { path: flags.kubeconfig }),
    ...(flags.context !== undefined && { context: flags.context }),
  })
  const api = createKubeClient(kubeConfig, { env })
  const namespace = flags.namespace ?? kubeConfig.namespace ?? 'argo'
  const ending = endOnSignals((signal) => log.info('the controller ends', { signal }))
  try {
    // 3. The configuration: a ConfigMap, as Argo's controller has it.
    const { config, warnings } = await readConfig(api, {
      namespace,
      name: flags.configMap,
      log,
      signal: ending.signal,
    })
    for (const warning of warnings) log.warn(warning)

    // 4. One controller at a time: others wait here until its lease has run out.
    const lease = await holdLease({
      api,
      namespace,
      name: config.instanceID ? `workflow-controller-${config.instanceID}` : 'workflow-controller',
      identity: flags.identity,
      enabled: flags.leaderElection,
      log,
      signal: ending.signal,
    })

    // 5. Work.
    const executorImage = flags.executorImage ?? config.executor?.image ?? flags.defaultExecutorImage
    log.info('the controller works', {
      namespace: flags.namespaced ? namespace : 'all',
      workers: flags.workers,
      executorImage,
      server: kubeConfig.server,
    })
    await startController({
      api,
      namespace: flags.namespaced ? namespace : '',
      config,
      executorImage,
      ...(flags.executorImagePullPolicy !== undefined && {
        executorImagePullPolicy: flags.executorImagePullPolicy,
      }),
      executorLog: { level: flags.executorLogLevel, format: flags.logFormat },
      workers: flags.workers,
      log,
      signal: lease.signal,
    })

    // 6. The lease is let run out: whoever follows must know that this one has ended.
    await lease.ended
    if (lease.lost) log.error('the lease was lost to another controller')
    return lease.lost ? 1 : 0
  } catch (error) {
    if (ending.signal.aborted) return 0
    log.error(errorMessage(error))
    return 1
  } finally {
    ending.close()
    api.close()
  }
}
