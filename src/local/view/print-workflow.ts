// A workflow for other programs: its whole object, or its name.

import type { Workflow } from '../../spec/types.ts'

export async function printWorkflow(workflow: Workflow, format: 'json' | 'yaml' | 'name'): Promise<string> {
  if (format === 'name') return `${workflow.metadata.name ?? ''}\n`
  if (format === 'json') return `${JSON.stringify(workflow, null, 2)}\n`
  const { stringify } = await import('yaml')
  return stringify(workflow, { lineWidth: 0 })
}
