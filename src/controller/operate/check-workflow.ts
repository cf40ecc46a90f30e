// Reads the workflow and says, once and for all its fields, why it cannot be run.

import { isError, problemText, type Problem } from '../../spec/problem.ts'
import { decodeWorkflow } from '../../spec/decode.ts'
import { validateWorkflow } from '../../spec/validate-workflow.ts'
import { mergeDefaults } from './merge-defaults.ts'
import type { Workflow } from '../../spec/types.ts'

export interface CheckedWorkflow {
  readonly workflow: Workflow
  /** One message that names every field; undefined when there is nothing against it. */
  readonly problem?: string
}

/**
 * The workflow with the defaults of the configuration under it, decoded. Its status is left out.
 * `thorough` adds the rules that go beyond single fields: looked at once, before the first pod.
 */
export function checkWorkflow(
  raw: Workflow,
  defaults: Workflow | undefined,
  thorough: boolean,
): CheckedWorkflow {
  const { status: _status, ...declared } = raw
  const { workflow, problems } = decodeWorkflow(mergeDefaults(declared, defaults))
  if (!thorough) return { workflow }
  // Where something is not covered, a check of the whole would only report what follows from that.
  const isCovered = problems.every(({ kind }) => kind !== 'uncovered')
  const errors = [...problems, ...(isCovered ? validateWorkflow(workflow) : [])].filter(isError)
  return errors.length === 0 ? { workflow } : { workflow, problem: describe(errors) }
}

/** parity: the first words are Argo's, and so is the text of a single problem that it knows too. */
function describe(errors: readonly Problem[]): string {
  const [first] = errors
  if (errors.length === 1 && first?.argoMessage !== undefined) return `invalid spec: ${first.argoMessage}`
  return `invalid spec: ${[...new Set(errors.map(problemText))].join('; ')}`
}
