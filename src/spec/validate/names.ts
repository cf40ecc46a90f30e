// Names of templates, steps, tasks, parameters and artifacts: what they may look like, and that they are unique.

const templateName = /^[a-zA-Z0-9][-a-zA-Z0-9]*$/
const parameterName = /^[-a-zA-Z0-9_]+$/
const longestName = 128

const templateNameRule =
  "name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric character " +
  '(e.g. My-name1-2, 123-NAME)'
const parameterNameRule =
  "Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' e.g. my_param_1, MY-PARAM-1"

/** Names of templates and steps, or the wider ones of parameters and artifacts. */
export type NameKind = 'template' | 'parameter'

export interface NameProblem {
  readonly index: number
  /** In Argo's words, which begin with the index: `[0].name: 'a b' is invalid: ...`. */
  readonly argoMessage: string
}

/** The rules that a name breaks, in Argo's words. */
export function nameTroubles(name: string, kind: NameKind): readonly string[] {
  if (kind === 'parameter') return parameterName.test(name) ? [] : [parameterNameRule]
  const troubles: string[] = []
  if (name.length > longestName) troubles.push(`must be no more than ${longestName} characters`)
  if (!templateName.test(name)) troubles.push(templateNameRule)
  return troubles
}

/** Every name of a list that is missing, malformed or there twice. */
export function nameProblems(
  items: readonly { readonly name?: string }[] | undefined,
  kind: NameKind,
): readonly NameProblem[] {
  const problems: NameProblem[] = []
  const seen = new Set<string>()
  for (const [index, { name = '' }] of (items ?? []).entries()) {
    const troubles = nameTroubles(name, kind)
    if (name === '') problems.push({ index, argoMessage: `[${index}].name is required` })
    else if (troubles.length > 0) {
      problems.push({ index, argoMessage: `[${index}].name: '${name}' is invalid: ${troubles.join(';')}` })
    } else if (seen.has(name))
      problems.push({ index, argoMessage: `[${index}].name '${name}' is not unique` })
    seen.add(name)
  }
  return problems
}
