// What a cluster would have ready for a workflow: the API, a store for artifacts with its Secret, the settings.

import { artifactBucket, namespace } from '../../src/local/state/names.ts'
import { startLocalApi, type LocalApi } from '../../src/local/api/start-local-api.ts'
import { startObjectStore } from '../../src/local/objects/start-object-store.ts'
import type { StateFolder } from '../../src/local/state/state-folder.ts'
import { resources } from '../../src/kube/api.ts'
import type { ControllerConfig, JsonObject } from '../../src/spec/types.ts'
import { completeRepository } from './complete-repository.ts'

export interface Services {
  readonly local: LocalApi
  /** The given settings, with the embedded store where they name no other. */
  readonly config: ControllerConfig
  /** The same for a repository of a ConfigMap. */
  readonly completeRepository: (written: JsonObject) => JsonObject
  close(): Promise<void>
}

export async function startServices(
  state: StateFolder,
  given: ControllerConfig,
  runId: string,
): Promise<Services> {
  const local = await startLocalApi({ stateFile: state.database })
  const objects = await startObjectStore({ dir: state.objects, bucket: artifactBucket }).catch(
    async (error: unknown) => {
      await local.close()
      throw error
    },
  )
  const close = async (): Promise<void> => {
    await objects.close()
    await local.close()
  }
  // The keys are of this run alone, so its Secret is, too: runs share one state.
  const secret = `argo-artifacts-${runId}`
  await local.api.create(resources.secrets, namespace, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret },
    stringData: { accesskey: objects.accessKey, secretkey: objects.secretKey },
  })
  const s3 = {
    endpoint: objects.endpoint.replace(/^https?:\/\//, ''),
    bucket: artifactBucket,
    insecure: true,
    accessKeySecret: { name: secret, key: 'accesskey' },
    secretKeySecret: { name: secret, key: 'secretkey' },
  }
  return {
    local,
    config: { ...given, artifactRepository: completeRepository(given.artifactRepository, s3) },
    completeRepository: (written) => completeRepository(written, s3),
    async close() {
      await local.api.delete(resources.secrets, namespace, secret).catch(() => undefined)
      await close()
    },
  }
}
