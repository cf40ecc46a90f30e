// The Kubernetes APIs that the same tests are run against: the embedded one in process and over HTTPS, and a real one.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resources, type KubeApi, type Resource } from '../../src/kube/api.ts'
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts'
import { createKubeClient } from '../../src/kube/rest-client.ts'
import type { KubeletHooks } from '../../src/local/api/hooks.ts'
import { startLocalApi, type LocalApi } from '../../src/local/api/start-local-api.ts'
import type { Needs } from './needs.ts'

export interface OpenApi extends AsyncDisposable {
  readonly api: KubeApi
  /** A namespace of this test alone. */
  readonly namespace: string
}

export interface ApiUnderTest {
  readonly name: string
  readonly needs: Needs
  readonly open: () => Promise<OpenApi>
}

const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' }

export const kubeApis: readonly ApiUnderTest[] = [
  { name: 'embedded, in process', needs: {}, open: () => openEmbedded('in process') },
  { name: 'embedded, over HTTPS', needs: {}, open: () => openEmbedded('https') },
  { name: 'a real cluster', needs: { cluster: true }, open: openCluster },
]

export interface RunningLocalApi extends LocalApi, AsyncDisposable {
  /** A folder of this API alone, which goes with it. */
  readonly dir: string
}

export async function openLocalApi(hooks?: KubeletHooks): Promise<RunningLocalApi> {
  const dir = mkdtempSync(join(tmpdir(), 'argo-api-'))
  const local = await startLocalApi({
    stateFile: join(dir, 'state.db'),
    ...(hooks === undefined ? {} : { hooks }),
  })
  return {
    ...local,
    dir,
    [Symbol.asyncDispose]: async () => {
      await local.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** A client of an embedded API over its wire. */
export function clientOf(local: LocalApi): ReturnType<typeof createKubeClient> {
  return createKubeClient({
    server: local.url,
    ca: local.caPem,
    authorize: () => Promise.resolve({ authorization: `Bearer ${local.token}` }),
  })
}

async function openEmbedded(way: 'in process' | 'https'): Promise<OpenApi> {
  const local = await openLocalApi()
  const client = way === 'https' ? clientOf(local) : undefined
  return {
    api: client ?? local.api,
    namespace: 'argo',
    [Symbol.asyncDispose]: async () => {
      client?.close()
      await local[Symbol.asyncDispose]()
    },
  }
}

async function openCluster(): Promise<OpenApi> {
  const api = createKubeClient(await loadKubeConfig({ env: process.env }))
  const namespace = `diff-${randomBytes(4).toString('hex')}`
  await api.create(namespaces, '', { metadata: { name: namespace } })
  // Pods are refused until the namespace has its service account, which a controller of the cluster makes.
  for await (const { object } of api.watch(resources.serviceAccounts, namespace, {
    resourceVersion: '0',
    timeoutSeconds: 30,
  })) {
    if (object.metadata.name === 'default') break
  }
  return {
    api,
    namespace,
    [Symbol.asyncDispose]: async () => {
      await api.delete(namespaces, '', namespace)
      api.close()
    },
  }
}
