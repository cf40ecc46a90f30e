// Puts stand-ins where a template's own inputs go, so that names and tags that are built from them can be checked.

import { isMissingVariable, replaceTags, type Variables } from '../../expression/replace-tags.ts'
import type { Template } from '../types.ts'

const mark = 'argoPlaceholder'

/** Whether a text was built from a value that is not known yet. */
export function isDynamic(text: string): boolean {
  return text.includes(mark) || text.includes('{{')
}

/**
 * The template with `{{inputs.parameters.*}}` and known globals put in; other tags stay. The same input always gives the
 * same stand-in. undefined when the template holds a tag without an end: `onTrouble` hears it.
 */
export function withPlaceholders(
  template: Template,
  globals: Variables,
  onTrouble: (message: string) => void,
): Template | undefined {
  const inputs: Record<string, string> = {}
  for (const [index, { name }] of (template.inputs?.parameters ?? []).entries()) {
    inputs[`inputs.parameters.${name}`] = `${mark}${index}`
  }
  try {
    const text = withoutExpressions(JSON.stringify(template))
    const outer = replaceTags(text, globals, { allowUnresolved: true })
    return JSON.parse(replaceTags(outer, inputs, { allowUnresolved: true })) as Template
  } catch (error) {
    if (!isMissingVariable(error)) onTrouble((error as Error).message)
    return undefined
  }
}

/** Expression tags are refused elsewhere, as a feature that is not covered. */
function withoutExpressions(text: string): string {
  return text.replace(/\{\{=.*?\}\}/gs, '')
}
