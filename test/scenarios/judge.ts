// Judges a finished workflow by the table, whichever side ran it.

import { expect } from 'vitest'
import type { NodeView, Scenario, View } from './scenario.ts'

interface WorkflowJson {
  readonly metadata: { readonly name: string }
  readonly status?: {
    readonly phase?: string
    readonly message?: string
    readonly nodes?: Readonly<
      Record<string, NodeView & { readonly displayName: string; readonly name: string }>
    >
  }
}

export function viewOf(text: string): View {
  const { metadata, status } = JSON.parse(text) as WorkflowJson
  const nodes = Object.values(status?.nodes ?? {})
  return {
    phase: status?.phase ?? '',
    message: status?.message ?? '',
    nodes: Object.fromEntries(nodes.map((node) => [node.displayName, node])),
    paths: Object.fromEntries(nodes.map((node) => [node.name.slice(metadata.name.length), node])),
  }
}

export function judge(scenario: Scenario, view: View): void {
  const story = JSON.stringify({ ...view, paths: undefined }, null, 1).slice(0, 4000)
  expect(view.phase, story).toBe(scenario.phase)
  if (scenario.message !== undefined) expect(view.message, story).toMatch(scenario.message)
  for (const [name, want] of Object.entries(scenario.nodes ?? {})) {
    // `*` is the only node of a workflow whose entry point is a pod.
    const node = name === '*' ? Object.values(view.nodes)[0] : (view.nodes[name] ?? view.paths[name])
    if (want.absent === true) {
      expect(node, story).toBeUndefined()
      continue
    }
    expect(node, `node ${name} in ${story}`).toBeDefined()
    if (want.phase !== undefined) expect(node?.phase, story).toBe(want.phase)
    if (want.message !== undefined) expect(node?.message, story).toMatch(want.message)
    if (want.result !== undefined) expect(node?.outputs?.result).toBe(want.result)
    for (const [parameter, value] of Object.entries(want.parameters ?? {})) {
      expect(node?.outputs?.parameters?.find((one) => one.name === parameter)?.value, story).toBe(value)
    }
    for (const artifact of want.artifacts ?? []) {
      expect(
        node?.outputs?.artifacts?.map((one) => one.name),
        story,
      ).toContain(artifact)
    }
    for (const [artifact, key] of Object.entries(want.keys ?? {})) {
      expect(node?.outputs?.artifacts?.find((one) => one.name === artifact)?.s3?.key, story).toMatch(key)
    }
  }
}
