// The end of a workflow that nobody waits for any more: marked at once, its steps are ended by whoever closes the engine.

import { resources, type KubeApi, type KubeObject } from '../../src/kube/api.ts'
import { endedStatus } from '../../src/local/state/ended-status.ts'
import { namespace } from '../../src/local/state/names.ts'
import type { Workflow } from '../../src/spec/types.ts'

const message = 'argo run was interrupted'

export async function giveUp(api: KubeApi, name: string): Promise<(Workflow & KubeObject) | undefined> {
  const workflow = await api.get<Workflow & KubeObject>(resources.workflows, namespace, name)
  return api.patch<Workflow & KubeObject>(resources.workflows, namespace, name, 'merge', {
    status: endedStatus(workflow.status ?? {}, message),
  })
}
