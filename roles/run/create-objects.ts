// Puts the user's objects into the API: ConfigMaps and Secrets first, so that the workflow finds them.

import { ArgoError, hasCode } from '../../src/errors/argo-error.ts'
import { resources, type KubeApi, type KubeObject, type Resource } from '../../src/kube/api.ts'
import { namespace } from '../../src/local/state/names.ts'
import type { Workflow } from '../../src/spec/types.ts'

export interface UserObjects {
  readonly workflow: Workflow
  readonly configMaps: readonly KubeObject[]
  readonly secrets: readonly KubeObject[]
}

/** Returns the workflow as it is in the API, with name and uid. Throws ERR_CONFLICT when its name is taken. */
export async function createObjects(
  api: KubeApi,
  { workflow, configMaps, secrets }: UserObjects,
): Promise<Workflow & KubeObject> {
  for (const object of configMaps) await put(api, resources.configMaps, object)
  for (const object of secrets) await put(api, resources.secrets, object)
  const object = { ...workflow, metadata: { ...workflow.metadata, namespace } }
  try {
    return await api.create<Workflow & KubeObject>(resources.workflows, namespace, object)
  } catch (error) {
    if (!hasCode(error, 'ERR_CONFLICT')) throw error
    const name = workflow.metadata.name ?? ''
    throw new ArgoError(
      `a workflow named ${JSON.stringify(name)} ran here before; give this run another name with --name`,
      {
        code: 'ERR_CONFLICT',
        cause: error,
      },
    )
  }
}

/** A later run brings the newer content of the same object. */
async function put(api: KubeApi, resource: Resource, object: KubeObject): Promise<void> {
  const placed = { ...object, metadata: { ...object.metadata, namespace } }
  try {
    await api.create(resource, namespace, placed)
  } catch (error) {
    if (!hasCode(error, 'ERR_CONFLICT')) throw error
    await api.update(resource, namespace, placed)
  }
}
