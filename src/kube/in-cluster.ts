// The configuration of a pod's service account, read the way the kubelet provides it; for executor and controller.

import { ArgoError, errorMessage } from '../errors/argo-error.ts'
import type { Environment } from '../util/environment.ts'
import { serviceAccountDir } from '../pod/paths.ts'
import type { KubeConfig } from './kube-config.ts'

/** The kubelet rotates the token file well before the old token ends. */
const rereadTokenMs = 10_000

/**
 * `readFile` reads a file below `dir` (default the well-known folder). Throws ERR_INVALID_INPUT outside of a pod. The
 * token is read again every 10 s, as the kubelet replaces it during the life of a pod.
 */
export function inClusterConfig(
  env: Environment,
  readFile: (path: string) => string,
  dir: string = serviceAccountDir,
): KubeConfig {
  const host = env['KUBERNETES_SERVICE_HOST']
  const port = env['KUBERNETES_SERVICE_PORT']
  if (!host || !port) {
    throw new ArgoError(
      'not inside a Kubernetes pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set',
      { code: 'ERR_INVALID_INPUT' },
    )
  }
  const read = (name: string): string => {
    try {
      return readFile(`${dir}/${name}`)
    } catch (error) {
      throw new ArgoError(
        `read ${dir}/${name}: ${errorMessage(error)}; the pod needs a service account token ` +
          '(automountServiceAccountToken, or executor.serviceAccountName of the workflow)',
        { code: 'ERR_UNAUTHORIZED', cause: error },
      )
    }
  }
  let token = read('token').trim()
  let readAt = performance.now()
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    ca: read('ca.crt'),
    namespace: read('namespace').trim(),
    authorize: () => {
      if (performance.now() - readAt > rereadTokenMs) {
        // Not there for a moment while the kubelet swaps it: the one at hand is still good.
        try {
          token = readFile(`${dir}/token`).trim()
        } catch {}
        readAt = performance.now()
      }
      return Promise.resolve({ authorization: `Bearer ${token}` })
    },
  }
}
