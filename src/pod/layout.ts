// All places of a pod that init and wait touch, as one value: the real ones, or the same tree below a test's folder.

import { containerRoot } from '../util/container-root.ts'
import * as paths from './paths.ts'

export interface Layout {
  readonly varRunArgo: string
  readonly templateFile: string
  readonly inputArtifacts: string
  readonly scriptFile: string
  readonly secrets: string
  readonly offload: string
  /** Mirror of main's mounts. */
  readonly mainFilesystem: string
  readonly terminationLog: string
  /** Where wait stages what it cannot upload from where it lies. */
  readonly waitOutputs: string
  readonly serviceAccount: string
}

/** `root` is put in front of every path; the empty text means the real pod, which is what nearly all have. */
export function podLayout(root = containerRoot()): Layout {
  return {
    varRunArgo: root + paths.varRunArgo,
    templateFile: root + paths.templateFile,
    inputArtifacts: root + paths.inputArtifactsDir,
    scriptFile: root + paths.scriptFile,
    secrets: root + paths.secretsDir,
    offload: root + paths.offloadDir,
    mainFilesystem: root + paths.mainFilesystemDir,
    terminationLog: root + paths.terminationLog,
    waitOutputs: root + paths.waitOutputsDir,
    serviceAccount: root + paths.serviceAccountDir,
  }
}
