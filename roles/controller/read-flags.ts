// The flags of `argo controller`, named as those of Argo's workflow-controller.

import { hostname } from 'node:os'
import { writeSync } from 'node:fs'
import { ArgoError } from '../../src/errors/argo-error.ts'
import { buildInfo } from '../../src/boot/build-info.ts'
import { loggerOptions, parseFlags } from '../../src/util/flags.ts'
import type { Environment } from '../../src/util/environment.ts'
import type { LogLevel } from '../../src/log/logger.ts'

export interface ControllerFlags {
  readonly namespace?: string
  /** Only workflows of the controller's own namespace. */
  readonly namespaced: boolean
  readonly configMap: string
  readonly executorImage?: string
  readonly defaultExecutorImage: string
  readonly executorImagePullPolicy?: string
  readonly executorLogLevel: string
  readonly kubeconfig?: string
  readonly context?: string
  readonly workers: number
  readonly leaderElection: boolean
  readonly identity: string
  readonly logLevel: LogLevel
  readonly logFormat: 'text' | 'json'
}

const options = {
  namespace: { type: 'string', short: 'n' },
  namespaced: { type: 'boolean' },
  'managed-namespace': { type: 'string' },
  configmap: { type: 'string', default: 'workflow-controller-configmap' },
  'executor-image': { type: 'string' },
  'executor-image-pull-policy': { type: 'string' },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  'workflow-workers': { type: 'string', default: '32' },
  'leader-election': { type: 'string', default: 'true' },
  loglevel: { type: 'string', default: 'info' },
  'log-format': { type: 'string', default: 'text' },
  help: { type: 'boolean', short: 'h' },
} as const

const help = `Usage: argo controller [flags]

Runs workflows as pods of a Kubernetes cluster: the one of the kubeconfig, or the one this runs in.

  -n, --namespace NAME             where the controller lives: its ConfigMap and its lease (default: of the context, else argo)
      --namespaced                 look after the workflows of that namespace alone (default: of all namespaces)
      --configmap NAME             configuration (default workflow-controller-configmap)
      --executor-image IMAGE       image of the init and wait containers (default: executor.image of the configuration)
      --executor-image-pull-policy POLICY
      --kubeconfig FILE            (default KUBECONFIG, the pod's service account, ~/.kube/config)
      --context NAME               of the kubeconfig
      --workflow-workers N         workflows that are worked on at once (default 32)
      --leader-election true|false one controller at a time, by a Lease (default true)
      --loglevel LEVEL             debug, info, warn or error (default info)
      --log-format text|json

Examples:
  argo controller --namespaced -n argo --executor-image registry.example/argoexec:1
  argo controller --kubeconfig ~/.kube/test --loglevel debug
`

/** undefined when only help was wanted. @throws ArgoError ERR_USAGE. */
export function readFlags(argv: readonly string[], env: Environment): ControllerFlags | undefined {
  const { values, positionals } = parseFlags(argv, options)
  if (values.help === true) {
    writeSync(1, help)
    return undefined
  }
  if (positionals.length > 0) {
    throw new ArgoError(
      `controller takes no ${JSON.stringify(positionals[0])}: workflows are created through the API`,
      { code: 'ERR_USAGE' },
    )
  }
  const { level, format } = loggerOptions(values)
  const namespace = values['managed-namespace'] ?? values.namespace
  const image = values['executor-image']
  const pullPolicy = values['executor-image-pull-policy']
  return {
    ...(namespace !== undefined && { namespace }),
    namespaced: values.namespaced === true || values['managed-namespace'] !== undefined,
    configMap: values.configmap,
    ...(image !== undefined && { executorImage: image }),
    defaultExecutorImage: `argo-ts/argoexec:${buildInfo().version}`,
    ...(pullPolicy !== undefined && { executorImagePullPolicy: pullPolicy }),
    executorLogLevel: values.loglevel,
    ...(values.kubeconfig !== undefined && { kubeconfig: values.kubeconfig }),
    ...(values.context !== undefined && { context: values.context }),
    workers: readCount('workflow-workers', values['workflow-workers']),
    leaderElection:
      readBoolean('leader-election', values['leader-election']) && env['LEADER_ELECTION_DISABLE'] !== 'true',
    identity: env['LEADER_ELECTION_IDENTITY'] ?? env['HOSTNAME'] ?? `${hostname()}-${process.pid}`,
    logLevel: level,
    logFormat: format,
  }
}

function readCount(flag: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count
  throw new ArgoError(`--${flag} must be a number from 1 to 1000, not ${JSON.stringify(text)}`, {
    code: 'ERR_USAGE',
  })
}

function readBoolean(flag: string, text: string): boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  throw new ArgoError(`--${flag} must be true or false, not ${JSON.stringify(text)}`, { code: 'ERR_USAGE' })
}
