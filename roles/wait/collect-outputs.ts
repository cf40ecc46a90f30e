// Everything that main has left: its result, parameters, artifacts and logs, as they are reported.

import { containers } from '../../src/pod/names.ts'
import type { Outputs, Template } from '../../src/spec/types.ts'
import { captureParameters } from './capture-parameters.ts'
import { captureResult } from './capture-result.ts'
import { attempt, type Failures } from './failures.ts'
import { saveArtifacts, type SaveContext } from './save-artifacts.ts'
import { saveLogs } from './save-logs.ts'

export interface CollectOptions {
  readonly template: Template
  /** Whether some other step uses the result. */
  readonly includeResult: boolean
  readonly save: SaveContext
  readonly failures: Failures
}

/** Never rejects: each part's error is kept in `failures`, in the order of the parts, and the others go on. */
export async function collectOutputs({
  template,
  includeResult,
  save,
  failures,
}: CollectOptions): Promise<Outputs> {
  const { outputs = {}, archiveLocation } = template
  const wantsResult = includeResult && (template.container ?? template.script) !== undefined
  const { varRunArgo } = save.places
  const result = wantsResult ? await attempt(failures, () => captureResult(varRunArgo, save.log)) : undefined
  const parameters = await captureParameters(outputs.parameters ?? [], save.places, failures)
  const uploads = await Promise.all([
    saveArtifacts(outputs.artifacts ?? [], save),
    saveLogs(archiveLocation?.archiveLogs === true ? [containers.main] : [], save),
  ])
  for (const { error } of uploads) if (error !== undefined) failures.add(error)
  const artifacts = uploads.flatMap((upload) => upload.artifacts)
  return {
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(artifacts.length > 0 ? { artifacts } : {}),
    ...(result === undefined ? {} : { result }),
  }
}
