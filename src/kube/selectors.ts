// Label and field selectors as the API reads them: parsed once, then asked about many objects.

import { ArgoError } from '../errors/argo-error.ts'

export type Labels = Readonly<Record<string, string>>

type Requirement =
  | { readonly operator: 'exists' | 'absent'; readonly key: string }
  | { readonly operator: 'in' | 'notIn'; readonly key: string; readonly values: ReadonlySet<string> }
  | { readonly operator: 'gt' | 'lt'; readonly key: string; readonly bound: bigint }

/**
 * A test of labels for a selector text such as `a=b,c!=d,e in (x,y),f notin (z),g,!h,n>3`. Empty text takes all.
 * Throws ERR_BAD_REQUEST with the place of the mistake.
 */
export function parseLabelSelector(text: string): (labels: Labels | undefined) => boolean {
  const requirements = readRequirements(text)
  return (labels) => requirements.every((requirement) => meets(requirement, labels ?? {}))
}

/** The terms `field=value` and `field!=value` of a field selector. Throws ERR_BAD_REQUEST. */
export function parseFieldSelector(
  text: string,
): readonly { readonly field: string; readonly value: string; readonly equal: boolean }[] {
  return splitTerms(text).map((term) => {
    const match = /^([^=!]+)(!=|==?)(.*)$/s.exec(term)
    if (match?.[1] === undefined || match[3] === undefined) {
      throw invalid(`invalid selector: '${text}'; can't understand '${term}'`)
    }
    const value = match[3].replace(/\\([\\,=])/g, '$1')
    return { field: match[1], value, equal: match[2] !== '!=' }
  })
}

function meets(requirement: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined
  switch (requirement.operator) {
    case 'exists':
      return value !== undefined
    case 'absent':
      return value === undefined
    case 'in':
      return value !== undefined && requirement.values.has(value)
    case 'notIn':
      return value === undefined || !requirement.values.has(value)
    case 'gt':
    case 'lt': {
      if (value === undefined || !/^[+-]?\d+$/.test(value)) return false
      return requirement.operator === 'gt'
        ? BigInt(value) > requirement.bound
        : BigInt(value) < requirement.bound
    }
  }
}

function readRequirements(text: string): readonly Requirement[] {
  const tokens = tokenize(text)
  const requirements: Requirement[] = []
  let at = 0
  const next = (): string => tokens[at++] ?? ''
  const peek = (): string => tokens[at] ?? ''
  while (at < tokens.length) {
    if (peek() === '!') {
      next()
      requirements.push({ operator: 'absent', key: keyFrom(next(), text) })
    } else {
      const key = keyFrom(next(), text)
      const operator = peek() === '' || peek() === ',' ? '' : next()
      requirements.push(requirementOf(key, operator, text, next, peek))
    }
    if (at >= tokens.length) break
    const separator = next()
    if (separator !== ',' || at >= tokens.length)
      throw invalid(`found '${separator}', expected: ',' or end of selector in '${text}'`)
  }
  return requirements
}

function requirementOf(
  key: string,
  operator: string,
  text: string,
  next: () => string,
  peek: () => string,
): Requirement {
  switch (operator) {
    case '':
      return { operator: 'exists', key }
    case '=':
    case '==':
    case '!=': {
      const value = peek() === '' || peek() === ',' ? '' : valueFrom(next(), text)
      return { operator: operator === '!=' ? 'notIn' : 'in', key, values: new Set([value]) }
    }
    case 'in':
    case 'notin':
      return { operator: operator === 'in' ? 'in' : 'notIn', key, values: readValues(text, next, peek) }
    case '>':
    case '<': {
      const bound = next()
      if (!/^[+-]?\d+$/.test(bound))
        throw invalid(`for 'Gt', 'Lt' operators, the value must be an integer in '${text}'`)
      return { operator: operator === '>' ? 'gt' : 'lt', key, bound: BigInt(bound) }
    }
    default:
      throw invalid(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt in '${text}'`)
  }
}

function readValues(text: string, next: () => string, peek: () => string): ReadonlySet<string> {
  if (next() !== '(') throw invalid(`expected: '(' in '${text}'`)
  const values = new Set<string>()
  for (;;) {
    values.add(peek() === ',' || peek() === ')' ? '' : valueFrom(next(), text))
    const token = next()
    if (token === ')') return values
    if (token !== ',') throw invalid(`found '${token}', expected: ',' or ')' in '${text}'`)
  }
}

const tokenPattern = /\s*(?:([!=]=|[=!<>(),])|([^\s=!<>(),]+))/y

function tokenize(text: string): readonly string[] {
  const tokens: string[] = []
  tokenPattern.lastIndex = 0
  for (let end = 0; end < text.trimEnd().length; end = tokenPattern.lastIndex) {
    const match = tokenPattern.exec(text)
    if (match === null) throw invalid(`unable to parse requirement in '${text}'`)
    tokens.push(match[1] ?? match[2] ?? '')
  }
  return tokens
}

const namePattern = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/
const prefixPattern = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/

function keyFrom(token: string, text: string): string {
  const slash = token.indexOf('/')
  const prefixOk = slash < 0 || prefixPattern.test(token.slice(0, slash))
  if (prefixOk && namePattern.test(token.slice(slash + 1))) return token
  throw invalid(`unable to parse requirement: invalid label key ${JSON.stringify(token)} in '${text}'`)
}

function valueFrom(token: string, text: string): string {
  if (namePattern.test(token)) return token
  throw invalid(`unable to parse requirement: invalid label value ${JSON.stringify(token)} in '${text}'`)
}

/** Splits at commas that are not escaped by a backslash. */
function splitTerms(text: string): readonly string[] {
  return (text.match(/(?:\\.|[^,\\])+/gs) ?? []).filter((term) => term !== '')
}

function invalid(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}
