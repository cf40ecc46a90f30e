// The last substitution: tags that came in with configuration, volumes and archive location, over the whole pod.

import { ArgoError } from '../../errors/argo-error.ts'
import { replaceTags, type Variables } from '../../expression/replace-tags.ts'
import type { Template, Volume } from '../../spec/types.ts'
import type { PodInput } from './pod-input.ts'

/**
 * Replaces `{{tags}}` in every text of `value`; what nobody knows stays (spec executor 1.11). The template is substituted
 * as an object of its own before it becomes the text of ARGO_TEMPLATE.
 * deviates: a value with a quote keeps ARGO_TEMPLATE valid JSON.
 */
export function substitute<T>(input: PodInput, value: T): T {
  return JSON.parse(replaceTags(JSON.stringify(value), variables(input), { allowUnresolved: true })) as T
}

/** A volume of the workflow may be named by what a step or task has put out. */
export function withSiblings({ siblings }: PodInput, volume: Volume): Volume {
  if (siblings === undefined) return volume
  return JSON.parse(replaceTags(JSON.stringify(volume), siblings, { allowUnresolved: true })) as Volume
}

/** Throws when the archive location still holds a tag: it would become part of a key. */
export function verifyArchiveLocation({ archiveLocation }: Template): void {
  if (archiveLocation === undefined) return
  const tag = /\{\{(.*?)\}\}/s.exec(JSON.stringify(archiveLocation))?.[1]
  if (tag !== undefined) throw new ArgoError(`failed to resolve {{${tag}}}`, { code: 'ERR_BAD_REQUEST' })
}

function variables({ globals, template, podName }: PodInput): Variables {
  const inputs = (template.inputs?.parameters ?? []).flatMap(({ name, value }) =>
    value === undefined ? [] : [[`inputs.parameters.${name}`, value] as const],
  )
  return { ...globals, ...Object.fromEntries(inputs), 'pod.name': podName }
}
