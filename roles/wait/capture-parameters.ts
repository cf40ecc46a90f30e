// Output parameters: the content of files that main has written.

import { readFileSync } from 'node:fs'
import { openInRoot, type OpenedPath } from '../../src/archive/open-in-root.ts'
import { ArgoError } from '../../src/errors/argo-error.ts'
import { stagedParameter } from '../../src/pod/paths.ts'
import { cleanPath } from '../../src/pod/artifact-path.ts'
import type { Parameter } from '../../src/spec/types.ts'
import { attempt, type Failures } from './failures.ts'
import { openShared, type OutputPlaces } from './output-places.ts'

/** A task result is one object of the API, which takes about 1.5 MiB. */
const longestBytes = 1024 * 1024

// deviates: one that cannot be read does not lose those after it, as it does in Argo.
/** The template's parameters, each with its value where there is one. */
export async function captureParameters(
  parameters: readonly Parameter[],
  places: OutputPlaces,
  failures: Failures,
): Promise<readonly Parameter[]> {
  const captured: Parameter[] = []
  for (const parameter of parameters) {
    const path = parameter.valueFrom?.path
    const value = path ? await attempt(failures, () => readParameter(parameter, path, places)) : undefined
    captured.push(value === undefined ? parameter : { ...parameter, value })
  }
  return captured
}

function readParameter(parameter: Parameter, path: string, places: OutputPlaces): string {
  const fallback = parameter.valueFrom?.default
  try {
    return withoutNewline(readBytes(parameter.name, path, places).toString('utf8'))
  } catch (error) {
    if (fallback === undefined || error instanceof TooLarge) throw error
    // parity: the newline is taken off the default too.
    return withoutNewline(String(fallback))
  }
}

function readBytes(name: string, path: string, places: OutputPlaces): Buffer {
  if (places.isBaseLayer(path)) {
    const staged = stagedParameter(path, places.varRunArgo)
    using handed = openShared(places.varRunArgo, staged)
    if (handed === undefined) throw missing(staged)
    return readAll(name, handed)
  }
  const mirrored = `${places.mainFilesystem}${cleanPath(path)}`
  using opened = openInRoot(places.mainFilesystem, path)
  if (opened === undefined) throw missing(mirrored)
  if (opened.isDirectory)
    throw new ArgoError(`read ${mirrored}: is a directory`, { code: 'ERR_INVALID_INPUT' })
  return readAll(name, opened)
}

class TooLarge extends ArgoError {}

function readAll(name: string, { descriptor, isFile, sizeBytes }: OpenedPath): Buffer {
  if (!isFile) {
    throw new ArgoError(`read output parameter ${name}: it is no regular file`, { code: 'ERR_INVALID_INPUT' })
  }
  if (sizeBytes > longestBytes) {
    throw new TooLarge(
      `read output parameter ${name}: it has ${sizeBytes} bytes and ${longestBytes} are the most; use an output artifact`,
      { code: 'ERR_INVALID_INPUT' },
    )
  }
  return readFileSync(descriptor)
}

function withoutNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text
}

function missing(path: string): ArgoError {
  return new ArgoError(`open ${path}: no such file or directory`, { code: 'ERR_NOT_FOUND' })
}
