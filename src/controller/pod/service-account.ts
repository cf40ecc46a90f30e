// Under which account the pod and its executor containers talk to the API.

import { ArgoError } from '../../errors/argo-error.ts'
import { volumes } from '../../pod/names.ts'
import { serviceAccountDir } from '../../pod/paths.ts'
import type { Volume, VolumeMount } from '../../spec/types.ts'
import type { PodInput } from './pod-input.ts'
import type { PodSpec } from './pod-types.ts'

export interface ServiceAccount {
  readonly spec: Pick<PodSpec, 'serviceAccountName' | 'automountServiceAccountToken'>
  /** Token of the executor's own account, when it has one. */
  readonly tokenVolumes: readonly Volume[]
  readonly tokenMounts: readonly VolumeMount[]
}

/** Template before workflow; a token that is not mounted needs an account for the executor (spec executor 1.4, 1.6). */
export function serviceAccount({
  template,
  workflow: { spec },
  executorTokenSecret,
}: PodInput): ServiceAccount {
  const name = template.serviceAccountName || spec.serviceAccountName
  const automount = template.automountServiceAccountToken ?? spec.automountServiceAccountToken
  const executor = template.executor?.serviceAccountName || spec.executor?.serviceAccountName
  if (automount === false && !executor) {
    throw new ArgoError(
      'executor.serviceAccountName must not be empty if automountServiceAccountToken is false',
      {
        code: 'ERR_BAD_REQUEST',
      },
    )
  }
  const secretName = executorTokenSecret ?? `${executor}.service-account-token`
  return {
    spec: {
      ...(name ? { serviceAccountName: name } : {}),
      ...(automount === false ? { automountServiceAccountToken: false } : {}),
    },
    tokenVolumes: executor ? [{ name: volumes.executorToken, secret: { secretName } }] : [],
    tokenMounts: executor
      ? [{ name: volumes.executorToken, readOnly: true, mountPath: serviceAccountDir }]
      : [],
  }
}
