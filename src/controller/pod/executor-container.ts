// The containers that run the executor: init before the command, wait beside it.

import { containers, env } from '../../pod/names.ts'
import type { Container, VolumeMount } from '../../spec/types.ts'
import { executorEnv, variable, withStandardEnv } from './env.ts'
import type { PodInput } from './pod-input.ts'
import { kubeConfigAccess } from './kube-config-access.ts'

export interface ExecutorMounts {
  /** Token of the executor's own account. */
  readonly token: readonly VolumeMount[]
  readonly others: readonly VolumeMount[]
}

/** Its ARGO_TEMPLATE is still empty: `withTemplate` fills it in. */
export function initContainer(input: PodInput, mounts: ExecutorMounts): Container {
  return withStandardEnv(input, executorContainer(input, containers.init, mounts), [
    variable(env.template, ''),
  ])
}

export function waitContainer(input: PodInput, mounts: ExecutorMounts): Container {
  const container = executorContainer(input, containers.wait, mounts)
  const plugins = variable(env.artifactPluginNames, '')
  return withStandardEnv(input, { ...container, env: [...(container.env ?? []), plugins] })
}

/** Flags that every command of the executor gets. */
export function logOptions({ executorLog }: PodInput): readonly string[] {
  return ['--loglevel', executorLog.level, '--log-format', executorLog.format, '--gloglevel', '0']
}

/** Image, resources, securityContext, args and env of the configuration's `executor` (spec executor 1.7). */
function executorContainer(input: PodInput, role: string, mounts: ExecutorMounts): Container {
  const { executor } = input.config
  const kubeConfig = kubeConfigAccess(input.config)
  const args = [...(executor?.args ?? []), ...kubeConfig.args]
  const pullPolicy = input.executorImagePullPolicy || executor?.imagePullPolicy
  return {
    name: role,
    image: input.executorImage,
    command: ['argoexec', role, ...logOptions(input)],
    ...(args.length > 0 ? { args } : {}),
    env: executorEnv(input),
    resources: executor?.resources ?? {},
    volumeMounts: [...kubeConfig.mounts, ...mounts.token, ...mounts.others],
    ...(pullPolicy ? { imagePullPolicy: pullPolicy } : {}),
    ...(executor?.securityContext === undefined ? {} : { securityContext: executor.securityContext }),
  }
}
