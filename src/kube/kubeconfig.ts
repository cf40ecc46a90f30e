// Finds the cluster that controller and command line talk to: a kubeconfig, or the pod's own service account.

import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ArgoError } from '../errors/argo-error.ts'
import type { Environment } from '../util/environment.ts'
import { inClusterConfig } from './in-cluster.ts'
import type { KubeConfig } from './kube-config.ts'

export interface KubeConfigChoice {
  readonly env: Environment
  /** `--kubeconfig`; goes before everything else. */
  readonly path?: string
  /** `--context`; the current one of the file when absent. */
  readonly context?: string
}

/**
 * In the order of kubectl: the flag, KUBECONFIG (several files melt into one), the service account of the pod this runs
 * in, `~/.kube/config`. Throws ERR_INVALID_INPUT that says where was looked.
 */
export async function loadKubeConfig({ env, path, context }: KubeConfigChoice): Promise<KubeConfig> {
  const named =
    path === undefined ? (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '') : [path]
  if (named.length === 0 && env['KUBERNETES_SERVICE_HOST'] !== undefined) {
    return inClusterConfig(env, (file) => readFileSync(file, 'utf8'))
  }
  const candidates = named.length > 0 ? named : [join(env['HOME'] ?? '/', '.kube', 'config')]
  const files = candidates.filter((file) => existsSync(file))
  if (files.length === 0) {
    throw new ArgoError(
      `no cluster is configured: ${candidates.join(', ')} not found; set KUBECONFIG or --kubeconfig to the file of your cluster`,
      { code: 'ERR_INVALID_INPUT' },
    )
  }
  // The library of kubeconfigs knows every way to log in, and takes half a second to load.
  const { readKubeConfigFiles } = await import('./kubeconfig-files.ts')
  return readKubeConfigFiles(files, context)
}
