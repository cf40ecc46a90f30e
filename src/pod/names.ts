// Names of containers, volumes, labels, annotations, environment variables and exit codes of a workflow pod
// (spec executor 1.2-1.8, 13.5).

const prefix = 'workflows.argoproj.io/'

export const containers = { init: 'init', wait: 'wait', main: 'main' } as const

export const volumes = {
  varRunArgo: 'var-run-argo',
  tmpDir: 'tmp-dir-argo',
  inputArtifacts: 'input-artifacts',
  staging: 'argo-staging',
  envConfig: 'argo-env-config',
  executorToken: 'exec-sa-token',
} as const

export const labels = {
  workflow: `${prefix}workflow`,
  completed: `${prefix}completed`,
  phase: `${prefix}phase`,
  onExit: `${prefix}on-exit`,
  instanceId: `${prefix}controller-instanceid`,
  reportOutputsCompleted: `${prefix}report-outputs-completed`,
  configMapType: `${prefix}configmap-type`,
} as const

export const annotations = {
  nodeName: `${prefix}node-name`,
  nodeId: `${prefix}node-id`,
  progress: `${prefix}progress`,
  traceId: `${prefix}trace-id`,
  spanId: `${prefix}span-id`,
  podNameFormat: `${prefix}pod-name-format`,
  defaultContainer: 'kubectl.kubernetes.io/default-container',
  killCommand: (container: string): string => `${prefix}kill-cmd-${container}`,
} as const

export const env = {
  podName: 'ARGO_POD_NAME',
  podUid: 'ARGO_POD_UID',
  workflowName: 'ARGO_WORKFLOW_NAME',
  workflowUid: 'ARGO_WORKFLOW_UID',
  instanceId: 'ARGO_INSTANCE_ID',
  containerName: 'ARGO_CONTAINER_NAME',
  template: 'ARGO_TEMPLATE',
  nodeId: 'ARGO_NODE_ID',
  includeScriptOutput: 'ARGO_INCLUDE_SCRIPT_OUTPUT',
  deadline: 'ARGO_DEADLINE',
  progressFile: 'ARGO_PROGRESS_FILE',
  progressPatchTick: 'ARGO_PROGRESS_PATCH_TICK_DURATION',
  progressFileTick: 'ARGO_PROGRESS_FILE_TICK_DURATION',
  terminationGracePeriodSeconds: 'ARGO_TERMINATION_GRACE_PERIOD_SECONDS',
  containerArgsFile: 'ARGO_CONTAINER_ARGS_FILE',
  artifactPluginNames: 'ARGO_ARTIFACT_PLUGIN_NAMES',
} as const

/** Go's zero time: a deadline that is none. */
export const noDeadline = '0001-01-01T00:00:00Z'
/** Value of ARGO_TEMPLATE when the template lies in `/argo/config/ARGO_TEMPLATE`. */
export const offloaded = 'offloaded'

export const exitCodes = {
  /** The executor's own failure. */
  executor: 64,
  /** No pod name in the environment. */
  missingPodName: 1,
  /** A template that cannot be read at start-up (Go's panic). */
  startUp: 2,
  /** No usable code of the command. */
  noCode: 137,
} as const

/** The exit code of an executor that could not go on: what the error asks for (start-up errors do), else 64. */
export function exitCodeOf(error: unknown): number {
  const data = typeof error === 'object' && error !== null && 'data' in error ? error.data : undefined
  const code = typeof data === 'object' && data !== null && 'exitCode' in data ? data.exitCode : undefined
  return typeof code === 'number' ? code : exitCodes.executor
}
