// Leaves the outputs of the command where wait finds them: parameters byte for byte, artifacts as tar.gz.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { ArgoError, errorCode, errorMessage } from '../../src/errors/argo-error.ts'
import { cleanPath } from '../../src/pod/artifact-path.ts'
import { overlappingMount } from '../../src/pod/overlapping-mount.ts'
import { stagedArtifact, stagedParameter, varRunArgo } from '../../src/pod/paths.ts'
import type { OutputArtifactView, TemplateView } from './template-view.ts'

/**
 * Stages every output that is there (spec executor 3.5): paths in the user's volumes are left to wait, missing ones
 * too, since wait knows which are optional. One failing output does not lose the others; the first failure is thrown
 * when all have been tried. A staged file appears whole or not at all.
 */
export async function stageOutputs(template: TemplateView, root = varRunArgo): Promise<void> {
  const failures: unknown[] = []
  const isOurs = (path: string): boolean => overlappingMount(path, template.volumeMounts) === undefined
  for (const path of template.parameterPaths.filter(isOurs)) {
    try {
      stageParameter(path, stagedParameter(path, root))
    } catch (error) {
      failures.push(error)
    }
  }
  for (const artifact of template.artifacts.filter(({ path }) => isOurs(path))) {
    try {
      await stageArtifact(artifact, stagedArtifact(artifact.path, root))
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

function stageParameter(source: string, destination: string): void {
  let input: number
  try {
    // A FIFO without a writer must not hang the step.
    input = openSync(source, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw failed(`failed to save the output parameter ${source}`, error)
  }
  try {
    if (!fstatSync(input).isFile()) throw notAFile(source)
    mkdirSync(dirname(destination), { recursive: true, mode: 0o755 })
    copyWhole(input, destination)
  } catch (error) {
    throw errorCode(error) === 'ERR_INVALID_INPUT'
      ? error
      : failed(`failed to save the output parameter ${source}`, error)
  } finally {
    closeSync(input)
  }
}

/** By reading to the end, since files of /proc say that they are empty. */
function copyWhole(input: number, destination: string): void {
  const temporary = `${destination}.${process.pid}.tmp`
  try {
    const output = openSync(temporary, 'w', 0o644)
    try {
      const chunk = Buffer.allocUnsafe(1024 * 1024)
      for (let count = readSync(input, chunk); count > 0; count = readSync(input, chunk)) {
        for (let offset = 0; offset < count;) offset += writeSync(output, chunk, offset, count - offset)
      }
    } finally {
      closeSync(output)
    }
    renameSync(temporary, destination)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

async function stageArtifact({ path, level }: OutputArtifactView, destination: string): Promise<void> {
  // A trailing slash would make a file "not a directory", which Argo's users never saw.
  const source = cleanPath(path)
  if (lstatSync(source, { throwIfNoEntry: false }) === undefined) return
  try {
    const stats = statSync(source)
    if (!stats.isFile() && !stats.isDirectory()) throw notAFile(source)
    const { packTarGz } = await import('../../src/archive/pack-tar-gz.ts')
    await packTarGz(source, destination, level === undefined ? {} : { level })
  } catch (error) {
    throw failed(`failed to tarball the output ${source} to ${destination}`, error)
  }
}

function notAFile(path: string): ArgoError {
  return new ArgoError(`${path} is not a regular file or directory`, { code: 'ERR_INVALID_INPUT' })
}

function failed(what: string, cause: unknown): ArgoError {
  return new ArgoError(`${what}: ${errorMessage(cause)}`, { code: 'ERR_PROCESS', cause })
}
