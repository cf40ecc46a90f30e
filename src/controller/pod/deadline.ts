// How long a pod may run: the kubelet's limit in seconds and the instant that the executor watches.

import { ArgoError } from '../../errors/argo-error.ts'
import { noDeadline } from '../../pod/names.ts'
import type { Template } from '../../spec/types.ts'
import type { PodInput } from './pod-input.ts'

/** Environment variables of the user's container that stop the clock, whatever their value. */
const pauses: readonly unknown[] = ['ARGO_DEBUG_PAUSE_BEFORE', 'ARGO_DEBUG_PAUSE_AFTER']

/** `over`: no time is left, so no pod is built. `seconds` is absent when nothing limits the pod. */
export type PodTime = { readonly over: true } | { readonly over: false; readonly seconds?: number }

/** activeDeadlineSeconds of the pod (spec executor 1.4). */
export function podTime(input: PodInput): PodTime {
  const own = templateSeconds(input.template)
  const ofWorkflow = workflowSeconds(input)
  if (ofWorkflow !== undefined && ofWorkflow <= 0) return { over: true }
  const limits = [own, ofWorkflow].filter((seconds) => seconds !== undefined)
  if (limits.length === 0 || isPaused(input.template)) return { over: false }
  return { over: false, seconds: Math.min(...limits) }
}

/** ARGO_DEADLINE: RFC 3339 in whole seconds, Go's zero time when there is none (spec executor 1.8). */
export function deadlineText(input: PodInput): string {
  const ends = [input.onExit ? undefined : input.workflowDeadline, input.executionDeadline].filter(
    (end) => end !== undefined,
  )
  if (ends.length === 0) return noDeadline
  const earliest = new Date(Math.min(...ends.map((end) => end.getTime())))
  return earliest.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

function templateSeconds({ activeDeadlineSeconds: value, name }: Template): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number') return value
  if (/^[+-]?\d+$/.test(value)) return Number(value)
  throw new ArgoError(
    `activeDeadlineSeconds of template ${name ?? ''} is ${JSON.stringify(value)}: give a whole number of seconds`,
    { code: 'ERR_BAD_REQUEST' },
  )
}

/** Whole seconds, cut off: a pod that would get less than one is not started. */
function workflowSeconds({ workflowDeadline, onExit, now }: PodInput): number | undefined {
  if (workflowDeadline === undefined || onExit) return undefined
  return Math.trunc((workflowDeadline.getTime() - now.getTime()) / 1000)
}

function isPaused({ container, script }: Template): boolean {
  return (container ?? script)?.env?.some(({ name }) => pauses.includes(name)) ?? false
}
