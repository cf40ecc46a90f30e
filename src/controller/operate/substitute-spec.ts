// Puts the global tags into the spec, except into its templates: those get them when they are executed, later ones too.

import { replaceTags, type Variables } from '../../expression/replace-tags.ts'
import type { WorkflowSpec } from '../../spec/types.ts'

export function substituteSpec(spec: WorkflowSpec, globals: Variables): WorkflowSpec {
  const { templates, ...rest } = spec
  const text = replaceTags(JSON.stringify(rest), globals, { allowUnresolved: true })
  return { ...(JSON.parse(text) as WorkflowSpec), ...(templates !== undefined && { templates }) }
}
