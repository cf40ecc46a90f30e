// Where things lie inside a workflow pod: the file half of the contract between pod builder and executor
// (spec executor 1.5, 1.6, 3.1). Every side imports these names, so that they cannot drift apart.

import { cleanPath } from './artifact-path.ts'

export const varRunArgo = '/var/run/argo'
export const executorBinary = `${varRunArgo}/argoexec`
export const templateFile = `${varRunArgo}/template`
export const progressFile = `${varRunArgo}/progress`
export const inputArtifactsDir = '/argo/inputs/artifacts'
export const stagingDir = '/argo/staging'
export const scriptFile = `${stagingDir}/script`
export const secretsDir = '/argo/secret'
export const offloadDir = '/argo/config'
/** Mirror of the main container's mounts, as init and wait see them: `/mainctrfs` + mountPath. */
export const mainFilesystemDir = '/mainctrfs'
export const terminationLog = '/dev/termination-log'
/** Folders under `/tmp` of the wait container. */
export const waitOutputsDir = '/tmp/argo/outputs'
export const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount'

/** `/var/run/argo/ctr/NAME`: the mailbox of one container. `root` replaces `/var/run/argo` in tests. */
export function containerDir(name: string, root = varRunArgo): string {
  return `${root}/ctr/${name}`
}

/**
 * Files of a container's mailbox. `alive` is a FIFO that init makes and main holds open for its whole life, `started`
 * is renamed into place by main right after: together they tell never started, alive, and gone (ours; Argo has none).
 */
export const mailbox = {
  exitCode: 'exitcode',
  stdout: 'stdout',
  combined: 'combined',
  signal: 'signal',
  before: 'before',
  after: 'after',
  alive: 'alive',
  started: 'started',
} as const

/** Where main leaves the bytes of an output parameter for wait: the path under its own root, byte for byte. */
export function stagedParameter(path: string, root = varRunArgo): string {
  return `${root}/outputs/parameters${cleanPath(`/${path}`)}`
}

/** Where main leaves an output artifact for wait, as tar.gz whatever the archive strategy (parity with Argo). */
export function stagedArtifact(path: string, root = varRunArgo): string {
  return `${root}/outputs/artifacts${cleanPath(`/${path}`)}.tgz`
}
