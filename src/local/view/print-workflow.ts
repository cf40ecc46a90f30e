// A workflow for other programs: its whole object, or its name.

import type { Workflow } from '../../spec/types.ts'

export async function printWorkflow(workflow: Workflow, format: 'json' | 'yaml' | 'name'): Promise<string> {
  if (format === 'name') return `${workflow.metadata.name ?? ''}\n`
  if (format === 'json') return `${JSON.stringify(workflow, null, 2)}\n`
  // Loaded when it is asked for: the package is larger than everything else that `argo get` needs.
  const { writeYaml } = await import('../../spec/manifest/write-yaml.ts')
  return writeYaml(workflow)
}
