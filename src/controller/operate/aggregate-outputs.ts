// The outputs of a loop as one: lists of what its members gave, in the order of the loop (spec controller 3.4).

import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import { goJson } from '../../expression/go-json.ts'
import { parseItems } from '../../expression/item-string.ts'
import type { NodeStatus } from '../../spec/types.ts'

/** @throws ArgoError ERR_BAD_REQUEST when the result of a member is no JSON. */
export function aggregateOutputs(prefix: string, members: readonly NodeStatus[]): Record<string, string> {
  if (members.length === 0) return {}
  const parameterMaps: Record<string, string>[] = []
  const parameterLists = new Map<string, string[]>()
  const results: unknown[] = []
  for (const member of inLoopOrder(members.filter(counts))) {
    const parameters = (member.outputs?.parameters ?? []).map(
      ({ name, value }) => [name, value ?? ''] as const,
    )
    if (parameters.length > 0) parameterMaps.push(Object.fromEntries(parameters))
    for (const [name, value] of parameters) {
      const list = parameterLists.get(name)
      if (list === undefined) parameterLists.set(name, [value])
      else list.push(value)
    }
    if (member.outputs?.result !== undefined) results.push(parseResult(member, member.outputs.result))
  }
  return {
    // Not through goJson: numbers keep the text that the member wrote.
    [`${prefix}.outputs.result`]: JSON.stringify(results),
    [`${prefix}.outputs.parameters`]: goJson(parameterMaps),
    ...Object.fromEntries(
      [...parameterLists].map(([name, values]) => [
        `${prefix}.outputs.parameters.${name}`,
        valueList(values),
      ]),
    ),
  }
}

/** The index of a member of a loop: `name(12:value)` has 12. */
function loopIndex(name: string): number {
  return Number(/\((\d+):[^()]*\)$/su.exec(name)?.[1] ?? 0)
}

function counts(member: NodeStatus): boolean {
  const { nodeFlag } = member
  return member.phase === 'Succeeded' && !nodeFlag?.hooked && !nodeFlag?.retried
}

function inLoopOrder(members: readonly NodeStatus[]): readonly NodeStatus[] {
  return members.toSorted((a, b) => loopIndex(a.name) - loopIndex(b.name))
}

function parseResult(member: NodeStatus, result: string): unknown {
  try {
    return parseItems(`[${result}]`)[0]
  } catch (error) {
    throw new ArgoError(
      `the result of ${member.name} must be JSON to be part of the loop's outputs.result: ${errorMessage(error)}`,
      { code: 'ERR_BAD_REQUEST' },
    )
  }
}

/** Texts stay texts unless each of them is a JSON object or list. */
function valueList(values: readonly string[]): string {
  const parsed = values.map(parseStructure)
  return goJson(parsed.every((value) => value !== undefined) ? parsed : values)
}

function parseStructure(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
