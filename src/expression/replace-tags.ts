// Substitutes `{{tags}}` in the JSON text of an object: the one place where variables enter a template.

import { ArgoError } from '../errors/argo-error.ts'
import { goQuote } from './go-json.ts'

/** Values by dotted name. null marks an absent optional: an output of a skipped node that has no default. */
export type Variables = Readonly<Record<string, string | null>>

export type ReplaceOptions =
  /** Unknown tags stay as they are, or are an error. */
  | { readonly allowUnresolved: boolean; readonly strictPrefixes?: undefined }
  /** Unknown tags are an error only below these prefixes, except references to artifacts (resolved later). */
  | { readonly strictPrefixes: readonly string[]; readonly allowUnresolved?: undefined }

/**
 * Replaces each `{{name}}` inside the strings of `jsonText` and returns JSON text again (spec controller 3.6).
 * A tag within a tag is resolved first and its surroundings are left for the next pass.
 *
 * @throws ArgoError ERR_BAD_REQUEST; `isMissingVariable` tells the unknown tag from the rest.
 */
export function replaceTags(jsonText: string, variables: Variables, options: ReplaceOptions): string {
  if (!isJson(jsonText)) throw badRequest('cannot do template replacements with invalid JSON')
  if (!jsonText.includes('{{')) return jsonText
  const mustResolve = strictness(options)
  let result = ''
  let from = 0
  for (;;) {
    const start = jsonText.indexOf('{{', from)
    if (start < 0) break
    const end = jsonText.indexOf('}}', start + 2)
    if (end < 0) throw unclosed(jsonText, jsonText.slice(start + 2))
    result += jsonText.slice(from, start) + resolveTag(jsonText.slice(start + 2, end), variables, mustResolve)
    from = end + 2
  }
  result += jsonText.slice(from)
  if (!isJson(result)) {
    throw badRequest('cannot finish template replacement because the result was invalid JSON')
  }
  return result
}

/** Whether `replaceTags` failed for want of a variable that may still come (spec controller 3.2). */
export function isMissingVariable(error: unknown): boolean {
  return error instanceof Error && error.message.includes('failed to resolve {{')
}

/** Only for what the decoder did not see: it refuses such tags before anything runs. */
const expressionTagMessage = 'expression tags ({{= ... }}) are not covered'

function resolveTag(tag: string, variables: Variables, mustResolve: (name: string) => boolean): string {
  if (tag.startsWith('=')) throw badRequest(`${expressionTagMessage}: {{${readable(tag)}}}`)
  const name = tag.trim()
  const value = lookUp(variables, name)
  if (value === null) {
    throw badRequest(
      `unable to substitute {{${tag}}}: output is an absent optional (skipped/omitted node with no default)`,
    )
  }
  // deviates: Go escapes with strconv.Quote, so that a control character in a value makes the result invalid JSON
  // and the step fails; a JSON escape says the same and works.
  if (value !== undefined) return goQuote(value).slice(1, -1)
  return resolveInner(tag, variables) ?? keepOrFail(tag, mustResolve(name))
}

/** `{{outer-{{inner}}`: the text with the inner tag replaced, when its name is known. */
function resolveInner(tag: string, variables: Variables): string | undefined {
  const index = tag.lastIndexOf('{{')
  if (index <= 0) return undefined
  const inner = tag.slice(index + 2)
  const value = lookUp(variables, inner)
  if (value === null) {
    throw badRequest(
      `unable to substitute nested tag {{${tag}}}: ${JSON.stringify(inner)} is an absent optional`,
    )
  }
  return value === undefined ? undefined : `{{${tag.slice(0, index)}${goQuote(value).slice(1, -1)}`
}

function keepOrFail(tag: string, mustResolve: boolean): string {
  if (mustResolve) throw badRequest(`failed to resolve {{${tag}}}`)
  return `{{${tag}}}`
}

function strictness(options: ReplaceOptions): (name: string) => boolean {
  const { strictPrefixes } = options
  if (strictPrefixes === undefined) return () => options.allowUnresolved === false
  return (name) =>
    strictPrefixes.some((prefix) => name.startsWith(`${prefix}.`)) && !name.includes('.outputs.artifacts.')
}

function lookUp(variables: Variables, name: string): string | null | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The tag as the user wrote it, without the escapes of the surrounding JSON text. */
function readable(tag: string): string {
  try {
    return JSON.parse(`"${tag}"`) as string
  } catch {
    return tag
  }
}

function unclosed(template: string, rest: string): ArgoError {
  return badRequest(
    `Cannot find end tag="}}" in the template=${JSON.stringify(template)} starting from ${JSON.stringify(rest)}`,
  )
}

function badRequest(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}
