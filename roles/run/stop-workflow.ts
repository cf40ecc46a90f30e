// Ends a workflow that still runs: asks the controller as a user of a cluster would.

import { errorMessage } from '../../src/errors/argo-error.ts'
import { resources, type KubeApi } from '../../src/kube/api.ts'
import type { Logger } from '../../src/log/logger.ts'
import { namespace } from '../../src/local/state/names.ts'

/** Stop lets exit handlers run and steps end by themselves; Terminate does not. */
export async function stopWorkflow(
  api: KubeApi,
  name: string,
  how: 'Stop' | 'Terminate',
  log: Logger,
): Promise<void> {
  try {
    await api.patch(resources.workflows, namespace, name, 'merge', { spec: { shutdown: how } })
  } catch (error) {
    log.warn('ask the workflow to stop', { name, error: errorMessage(error) })
  }
}
