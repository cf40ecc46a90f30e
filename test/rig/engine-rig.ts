// A real engine with real boxes on a real embedded API, in a temporary folder, for tests that bring their own pods.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeApi, KubeObject } from '../../src/kube/api.ts'
import { startLocalApi } from '../../src/local/api/start-local-api.ts'
import { createBoxPool } from '../../src/local/box/box-pool.ts'
import { chooseRoot } from '../../src/local/box/choose-root.ts'
import { namespaceWords } from '../../src/local/box/namespaces.ts'
import { createPathPlacer } from '../../src/local/engine/place-paths.ts'
import { podResource, type Pod, type PodSpec } from '../../src/local/engine/pod.ts'
import { startEngine, type Engine } from '../../src/local/engine/start-engine.ts'
import { createLogger } from '../../src/log/logger.ts'
import { labels } from '../../src/pod/names.ts'
import { argoexecPath } from './argoexec.ts'

export interface EngineRig extends AsyncDisposable {
  readonly api: KubeApi
  readonly engine: Engine
  readonly folder: string
  create(name: string, spec: PodSpec): Promise<Pod>
  /** The first state of a pod that satisfies `isRight`; undefined stands for a deleted one. */
  until(name: string, isRight: (pod: Pod | undefined) => boolean): Promise<Pod | undefined>
  /** The whole log of a container. */
  log(name: string, container: string): Promise<string>
}

export const namespace = 'default'
const workflowName = 'rig'

export async function openEngineRig(): Promise<EngineRig> {
  const folder = mkdtempSync(join(tmpdir(), 'argo-engine-'))
  chmodSync(folder, 0o700)
  const local = await startLocalApi({ stateFile: join(folder, 'api.sqlite') })
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  const folders = { pods: join(folder, 'pods'), logs: join(folder, 'logs'), claims: join(folder, 'claims') }
  const url = new URL(local.url)
  const engine = startEngine({
    api: local.api,
    namespace,
    workflowName,
    folders,
    boxes: createBoxPool({ program: [argoexecPath()], namespaces: namespaceWords(uid, gid) }, 1),
    root: chooseRoot(uid, []),
    placer: createPathPlacer(folders.pods),
    images: {},
    executorImage: 'argoexec:rig',
    executable: argoexecPath(),
    cluster: { host: url.hostname, port: Number(url.port), token: local.token, caPem: local.caPem },
    allowedHostPaths: [folder],
    parallelism: 4,
    log: createLogger({ level: 'error' }),
  })
  local.setHooks(engine.hooks)
  return {
    api: local.api,
    engine,
    folder,
    create: (name, spec) =>
      local.api.create<Pod>(podResource, namespace, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, labels: { [labels.workflow]: workflowName } },
        spec: { restartPolicy: 'Never', ...spec } as PodSpec,
      }),
    until: (name, isRight) => until(local.api, name, isRight),
    async log(name, container) {
      const chunks: Uint8Array[] = []
      for await (const chunk of local.api.log(namespace, name, { container })) chunks.push(chunk)
      return Buffer.concat(chunks).toString()
    },
    async [Symbol.asyncDispose]() {
      await engine.close(0)
      await local.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function until(
  api: KubeApi,
  name: string,
  isRight: (pod: Pod | undefined) => boolean,
): Promise<Pod | undefined> {
  const list = await api.list<Pod>(podResource, namespace)
  const now = list.items.find(({ metadata }) => metadata.name === name)
  if (isRight(now)) return now
  const signal = AbortSignal.timeout(20_000)
  const { resourceVersion } = list.metadata
  for await (const event of api.watch<Pod & KubeObject>(podResource, namespace, {
    resourceVersion,
    fieldSelector: `metadata.name=${name}`,
    signal,
  })) {
    if (event.type === 'BOOKMARK') continue
    const pod = event.type === 'DELETED' ? undefined : event.object
    if (isRight(pod)) return pod
  }
  throw new Error('the watch ended before the pod was as expected')
}
