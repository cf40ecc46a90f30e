// What the API server asks of the kubelet: logs of a container and commands inside it. The laptop's engine answers.

import type { ExecResult } from '../../kube/api.ts'

export interface ContainerLogRequest {
  readonly namespace: string
  readonly pod: string
  readonly podUid: string
  readonly container: string
  /** Go on until the container ends. */
  readonly follow: boolean
  /** Only so many lines of the end. */
  readonly tailLines?: number | undefined
  readonly timestamps: boolean
  readonly signal: AbortSignal
}

export interface ContainerExecRequest {
  readonly namespace: string
  readonly pod: string
  readonly podUid: string
  readonly container: string
  readonly command: readonly string[]
  readonly signal: AbortSignal
}

/** Rejections reach the client: ArgoError ERR_BAD_REQUEST and ERR_NOT_FOUND as such, all others as 500. */
export interface KubeletHooks {
  log(request: ContainerLogRequest): AsyncIterable<Uint8Array>
  exec(request: ContainerExecRequest): Promise<ExecResult>
}
