// `workflowDefaults` of the configuration: what a workflow does not say itself.

import type { Workflow } from '../../spec/types.ts'

type Values = Readonly<Record<string, unknown>>

/** Lists that are merged member by member, and the field that tells their members apart (spec controller 2.1). */
const keyedLists: Readonly<Record<string, string>> = {
  templates: 'name',
  volumes: 'name',
  parameters: 'name',
  artifacts: 'name',
  imagePullSecrets: 'name',
  tolerations: 'key',
  hostAliases: 'ip',
}

/** The workflow wins; maps are merged, lists of named members too, any other list is taken whole. */
export function mergeDefaults(workflow: Workflow, defaults: Workflow | undefined): Workflow {
  if (defaults === undefined) return workflow
  const { metadata, spec } = defaults as Partial<Workflow>
  const { labels, annotations } = metadata ?? {}
  const base = {
    metadata: { ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: spec ?? {},
  }
  return merge(base, workflow as unknown as Values) as unknown as Workflow
}

function merge(base: Values, over: Values): Values {
  const result: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = base[key]
    if (value === undefined) continue
    if (isValues(below) && isValues(value)) result[key] = merge(below, value)
    else if (Array.isArray(below) && Array.isArray(value))
      result[key] = mergeLists(keyedLists[key], below, value)
    else result[key] = value
  }
  return result
}

function mergeLists(
  key: string | undefined,
  base: readonly unknown[],
  over: readonly unknown[],
): readonly unknown[] {
  if (key === undefined) return over
  const names = new Set(over.map((member) => (isValues(member) ? member[key] : undefined)))
  return [...over, ...base.filter((member) => !isValues(member) || !names.has(member[key]))]
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
