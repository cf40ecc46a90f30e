// Parameters of the command line that the workflow has no use for: mostly slips of the finger.

import type { Problem } from '../../src/spec/problem.ts'
import type { Workflow } from '../../src/spec/types.ts'
import { nearest } from '../../src/util/nearest.ts'

/** A warning for each of `given` that `workflow`, as it was submitted, neither declares nor reads. */
export function undeclaredParameters(workflow: Workflow, given: Iterable<string>): readonly Problem[] {
  const declared = [
    ...(workflow.spec.arguments?.parameters ?? []),
    ...inputsOf(workflow, workflow.spec.entrypoint),
    ...inputsOf(workflow, workflow.spec.onExit),
  ].map(({ name }) => name)
  const known = new Set([...declared, ...parametersRead(workflow)])
  const unknown = [...new Set(given)].filter((name) => !known.has(name))
  return unknown.map((name) => {
    const near = nearest(name, known)
    const hint = near === undefined ? '' : `, did you mean ${JSON.stringify(near)}?`
    const message = `the workflow has no parameter ${JSON.stringify(name)}${hint}`
    return { path: 'spec.arguments', kind: 'invalid', message, level: 'warning' }
  })
}

/** The arguments of the workflow are those of its first template, and of its exit handler. */
function inputsOf({ spec }: Workflow, template: string | undefined): readonly { readonly name: string }[] {
  return spec.templates?.find(({ name }) => name === template)?.inputs?.parameters ?? []
}

function parametersRead({ spec }: Workflow): readonly string[] {
  return [...JSON.stringify(spec).matchAll(/workflow\.parameters\.([-\w]+)/g)].map(([, name = '']) => name)
}
