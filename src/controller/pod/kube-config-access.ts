// How the executor reaches the API with the kubeconfig of a Secret, where the configuration of the controller names one.

import type { ControllerConfig, Volume, VolumeMount } from '../../spec/types.ts'

export interface KubeConfigAccess {
  readonly volumes: readonly Volume[]
  readonly mounts: readonly VolumeMount[]
  readonly args: readonly string[]
}

/** All empty when the executor uses the service account of its pod (spec executor 1.5, 1.7). */
export function kubeConfigAccess({ kubeConfig }: ControllerConfig): KubeConfigAccess {
  if (kubeConfig === undefined) return { volumes: [], mounts: [], args: [] }
  const name = kubeConfig.volumeName || 'kubeconfig'
  const mountPath = kubeConfig.mountPath || '/kube/config'
  const key = kubeConfig.secretKey
  return {
    volumes: [{ name, secret: { secretName: kubeConfig.secretName ?? '' } }],
    mounts: [{ name, readOnly: true, mountPath, ...(key ? { subPath: key } : {}) }],
    args: [`--kubeconfig=${mountPath}`],
  }
}
