// Arguments that did not fit into the pod: read from a file, and those too long for the kernel handed on as `@file`.

import { readFileSync } from 'node:fs'
import { ArgoError, errorMessage } from '../../src/errors/argo-error.ts'
import { writeAtomicSync } from '../../src/util/write-atomic.ts'

/** The kernel's limit of one argument, less its end (spec executor 3.2 step 4). */
const longestArgumentBytes = 131072

/**
 * `args` (those behind the command's name) followed by the JSON list in `file`. An argument over the limit is written
 * to `folder` and replaced by `@path`, which the program must understand.
 */
export function appendArgsFile(args: readonly Buffer[], file: string, folder = '/tmp'): Buffer[] {
  return [...args, ...readArgsFile(file)].map((argument, index) => {
    if (argument.length <= longestArgumentBytes) return argument
    const path = `${folder}/argo_arg_${index}.txt`
    try {
      writeAtomicSync(path, argument)
    } catch (error) {
      throw failure(`failed to write argument ${index} to ${path}`, error)
    }
    return Buffer.from(`@${path}`)
  })
}

function readArgsFile(file: string): Buffer[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw failure(`failed to read container args file ${file}`, error)
  }
  let values: unknown
  try {
    values = JSON.parse(text)
  } catch (error) {
    throw failure(`failed to unmarshal container args from ${file}`, error)
  }
  if (!isTextList(values)) {
    throw new ArgoError(
      `failed to unmarshal container args from ${file}: not a list of texts without NUL characters`,
      {
        code: 'ERR_INVALID_INPUT',
      },
    )
  }
  return values.map((value) => Buffer.from(value))
}

function isTextList(values: unknown): values is readonly string[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'string' && !value.includes('\0'))
}

function failure(what: string, cause: unknown): ArgoError {
  return new ArgoError(`${what}: ${errorMessage(cause)}`, { code: 'ERR_INVALID_INPUT', cause })
}
