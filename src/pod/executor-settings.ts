// What the controller tells init and wait through the environment, decoded once at their start.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArgoError, errorMessage } from '../errors/argo-error.ts'
import type { Template } from '../spec/types.ts'
import type { Environment } from '../util/environment.ts'
import { parseGoDurationMs } from '../util/go-duration.ts'
import type { Layout } from './layout.ts'
import { env as names, exitCodes, offloaded } from './names.ts'

export interface ExecutorSettings {
  readonly podName: string
  readonly nodeId: string
  readonly workflowName: string
  readonly workflowUid: string
  readonly instanceId: string | undefined
  readonly template: Template
  readonly includeScriptOutput: boolean
  /** Undefined when there is none (Go's zero time). */
  readonly deadline: Date | undefined
  readonly graceMs: number
  /** Undefined when progress is not watched. */
  readonly progress: { readonly file: string; readonly tickMs: number } | undefined
}

/** Thrown as ERR_INVALID_INPUT; `data.exitCode` is what the process ends with (spec executor 2 and 8). */
export function readExecutorSettings(env: Environment, layout: Layout): ExecutorSettings {
  const podName = env[names.podName]
  if (!podName)
    throw startUpError(
      `Unable to determine pod name from environment variable ${names.podName}`,
      exitCodes.missingPodName,
    )
  return {
    podName,
    nodeId: env[names.nodeId] ?? '',
    workflowName: env[names.workflowName] ?? '',
    workflowUid: env[names.workflowUid] ?? '',
    instanceId: env[names.instanceId] || undefined,
    template: readTemplate(env, layout),
    includeScriptOutput: env[names.includeScriptOutput] === 'true',
    deadline: readDeadline(env[names.deadline]),
    graceMs: readGraceMs(env[names.terminationGracePeriodSeconds]),
    progress: readProgress(env),
  }
}

function readTemplate(env: Environment, layout: Layout): Template {
  const given = env[names.template]
  const file = given === undefined ? layout.templateFile : join(layout.offload, names.template)
  const text = given === undefined || given === offloaded ? readText(file) : given
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw startUpError(
      `read the template of this pod: it is no JSON: ${errorMessage(error)}`,
      exitCodes.startUp,
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw startUpError('read the template of this pod: it is no object', exitCodes.startUp)
  }
  return value as Template
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw startUpError(`read the template of this pod: ${errorMessage(error)}`, exitCodes.startUp)
  }
}

function readDeadline(text: string | undefined): Date | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text)
  if (text === undefined || Number.isNaN(time)) {
    throw startUpError(
      `${names.deadline} is ${JSON.stringify(text ?? '')}, no time as in RFC 3339`,
      exitCodes.startUp,
    )
  }
  // Go's zero time is the year 1.
  return new Date(time).getUTCFullYear() <= 1 ? undefined : new Date(time)
}

function readGraceMs(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) * 1000 : 30_000
}

/** parity: only watched when both tick durations are given and not zero; unreadable ones count as zero. */
function readProgress(env: Environment): ExecutorSettings['progress'] {
  const file = env[names.progressFile]
  const tickMs = parseGoDurationMs(env[names.progressPatchTick] ?? '') ?? 0
  const fileTickMs = parseGoDurationMs(env[names.progressFileTick] ?? '') ?? 0
  return file && tickMs > 0 && fileTickMs > 0 ? { file, tickMs } : undefined
}

function startUpError(message: string, exitCode: number): ArgoError {
  return new ArgoError(message, { code: 'ERR_INVALID_INPUT', data: { exitCode } })
}
