// The engine of this run, wired to its services, folders and view.

import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { ArgoError, errorMessage } from '../../src/errors/argo-error.ts'
import type { Logger } from '../../src/log/logger.ts'
import { createPathPlacer } from '../../src/local/engine/place-paths.ts'
import { startEngine, type Engine } from '../../src/local/engine/start-engine.ts'
import { executorImage, namespace } from '../../src/local/state/names.ts'
import type { StateFolder } from '../../src/local/state/state-folder.ts'
import { containers } from '../../src/pod/names.ts'
import { stepName } from '../../src/local/state/step-name.ts'
import type { ControllerConfig } from '../../src/spec/types.ts'
import type { RunRequest } from './command-line.ts'
import type { Boxes } from './isolation.ts'
import type { Services } from './start-services.ts'
import type { View } from './view.ts'

export interface EngineFor {
  readonly request: RunRequest
  readonly services: Services
  readonly state: StateFolder
  readonly boxes: Boxes
  readonly config: ControllerConfig
  readonly workflowName: string
  readonly log: Logger
  readonly view: View
}

export function startEngineFor({
  request,
  services,
  state,
  boxes,
  config,
  workflowName,
  log,
  view,
}: EngineFor): Engine {
  const { local } = services
  const url = new URL(local.url)
  const engine = startEngine({
    api: local.api,
    namespace,
    workflowName,
    folders: state,
    boxes: boxes.pool,
    root: boxes.root,
    placer: createPathPlacer(state.pods),
    images: config.images ?? {},
    executorImage,
    executable: process.execPath,
    cluster: { host: url.hostname, port: Number(url.port), token: local.token, caPem: local.caPem },
    allowedHostPaths: [process.cwd(), ...request.allowedHostPaths.map(realFolder)],
    parallelism: request.parallelism,
    log,
    ...(request.logs
      ? {
          onOutput: ({ node, container, chunk }) =>
            isOurs(container) ? undefined : view.output(stepName(node, workflowName), chunk),
        }
      : {}),
  })
  local.setHooks(engine.hooks)
  local.writeKubeconfig(join(state.path, 'kubeconfig'))
  return engine
}

function realFolder(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    throw new ArgoError(`allow the host path ${path}: ${errorMessage(error)}`, {
      code: 'ERR_INVALID_INPUT',
      cause: error,
    })
  }
}

function isOurs(container: string): boolean {
  return container === containers.init || container === containers.wait
}
