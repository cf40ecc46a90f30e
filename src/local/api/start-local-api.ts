// Starts the embedded Kubernetes API of the laptop: a store in a file, an HTTPS server, and the same API in process.

import { randomBytes } from 'node:crypto'
import type { KubeApi } from '../../kube/api.ts'
import { writeAtomicSync } from '../../util/write-atomic.ts'
import { selfSignedCertificate } from './certificate.ts'
import { createObject } from './create.ts'
import type { KubeletHooks } from './hooks.ts'
import { startHttpsServer } from './https-server.ts'
import { inProcessApi } from './in-process.ts'
import { namespaces } from './resource-table.ts'
import { readObject } from './stored-object.ts'
import { ObjectStore } from './store.ts'

export interface LocalApiOptions {
  /** SQLite file, made when missing with mode 0600; several processes may share one. */
  readonly stateFile: string
  readonly hooks?: KubeletHooks
}

export interface LocalApi {
  /** `https://127.0.0.1:PORT` */
  readonly url: string
  /** Bearer token of this run; whoever has it may do everything. */
  readonly token: string
  readonly caPem: string
  /** The same API without the wire; its calls end with `close`. */
  readonly api: KubeApi
  /** Writes a kubeconfig with mode 0600. */
  writeKubeconfig(path: string): void
  /** Who answers for logs and exec: the engine that runs the containers. */
  setHooks(hooks: KubeletHooks): void
  close(): Promise<void>
}

/** A laptop that sleeps for months keeps its certificate; the process is hardly that old. */
const certificateDays = 3650

export async function startLocalApi(options: LocalApiOptions): Promise<LocalApi> {
  let hooks = options.hooks
  const store = new ObjectStore(options.stateFile)
  const closing = new AbortController()
  try {
    makeNamespaces(store, ['default', 'argo'])
    const token = randomBytes(32).toString('base64url')
    const certificate = selfSignedCertificate(certificateDays)
    const handling = { store, hooks: () => hooks, closed: closing.signal }
    const server = await startHttpsServer(handling, certificate, token)
    return {
      url: server.url,
      token,
      caPem: certificate.certPem,
      api: inProcessApi(store, handling.hooks, closing.signal),
      writeKubeconfig: (path) => {
        writeAtomicSync(path, kubeconfig(server.url, certificate.certPem, token), { mode: 0o600 })
      },
      setHooks: (next) => {
        hooks = next
      },
      close: async () => {
        closing.abort(new Error('the embedded API was closed'))
        await server.close()
        store.close()
      },
    }
  } catch (error) {
    store.close()
    throw error
  }
}

function makeNamespaces(store: ObjectStore, names: readonly string[]): void {
  store.transaction(() => {
    for (const name of names) {
      if (readObject(store, namespaces, '', name) === undefined)
        createObject(store, namespaces, '', { metadata: { name } })
    }
  })
}

/** JSON is YAML. */
function kubeconfig(server: string, ca: string, token: string): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'argo', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: 'argo', user: { token } }],
    contexts: [{ name: 'argo', context: { cluster: 'argo', user: 'argo', namespace: 'default' } }],
    'current-context': 'argo',
  }
  return `${JSON.stringify(config, null, 2)}\n`
}
