// What the engine needs to know about this run: the API it serves, the folders it may use, how containers are isolated.

import type { KubeApi } from '../../kube/api.ts'
import type { Logger } from '../../log/logger.ts'
import type { ImageConfig } from '../../spec/types.ts'
import type { BoxPool } from '../box/box-pool.ts'
import type { BoxRoot } from '../box/box-spec.ts'
import type { PathPlacer } from './place-paths.ts'

export interface EngineOptions {
  readonly api: KubeApi
  readonly namespace: string
  /** Only pods of this workflow are this engine's. */
  readonly workflowName: string
  readonly folders: EngineFolders
  readonly boxes: BoxPool
  /** The root of containers whose image has none of its own. */
  readonly root: BoxRoot
  /** Lends paths of the laptop to steps without isolation. */
  readonly placer: PathPlacer
  readonly images: Readonly<Record<string, ImageConfig>>
  /** Containers of this image are our own roles. */
  readonly executorImage: string
  /** Path of the executable that containers see as /var/run/argo/argoexec. */
  readonly executable: string
  /** How containers reach the API. */
  readonly cluster: {
    readonly host: string
    readonly port: number
    readonly token: string
    readonly caPem: string
  }
  readonly allowedHostPaths: readonly string[]
  /** How many pods run at once. */
  readonly parallelism: number
  readonly log: Logger
  readonly onOutput?: (output: ContainerOutput) => void
}

export interface EngineFolders {
  /** One folder per pod that runs; gone after it. */
  readonly pods: string
  /** One folder per pod, kept: `POD/CONTAINER.log`. */
  readonly logs: string
  /** One folder per persistent volume claim, kept. */
  readonly claims: string
}

export interface ContainerOutput {
  readonly pod: string
  /** Name of the workflow's node that the pod is. */
  readonly node: string
  readonly container: string
  readonly chunk: Buffer
}
