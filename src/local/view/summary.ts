// What remains on the screen after a run: how it ended, what it produced, where to look on.

import type { NodeStatus, Workflow } from '../../spec/types.ts'
import { oneLine, type Paint } from './paint.ts'
import { stepName } from '../state/step-name.ts'
import { shorten } from './shorten.ts'
import { marks } from './render-tree.ts'
import { durationText, secondsOf } from './tree-lines.ts'

export function summaryLines(workflow: Workflow, paint: Paint): readonly string[] {
  const { metadata, status } = workflow
  const phase = status?.phase ?? ''
  const { mark, colour } = marks[phase]
  const name = metadata.name ?? ''
  const seconds = secondsOf(status?.startedAt, status?.finishedAt, new Date())
  const message = phase === 'Succeeded' ? '' : oneLine(status?.message ?? '')
  return [
    `${paint(mark, colour)} ${paint(`${name} ${phase}`, 'bold')} in ${durationText(seconds) || '0s'}${message === '' ? '' : `: ${message}`}`,
    ...outputLines(workflow),
    ...(phase === 'Succeeded' ? [] : failureLines(workflow)),
  ]
}

/** A long list of broken loop items says no more than its first ones. */
const mostFailures = 5

/** Names of nodes grow with the depth of templates; messages that quote them are cut in the middle. */
const longestMessage = 400

/** The steps that failed themselves, with their reasons, and where to read on. */
function failureLines({ metadata, status }: Workflow): readonly string[] {
  const name = metadata.name ?? ''
  const nodes = status?.nodes ?? {}
  const failed = Object.values(nodes).filter((node) => hasFailed(node) && isCause(node, nodes))
  const lines = failed.slice(0, mostFailures).map((node) => {
    const message = shorten(oneLine((node.message ?? '').trim()), longestMessage)
    return `  ${stepName(node.name, name)}: ${message === '' ? (node.phase ?? '') : message}`
  })
  const more = failed.length > mostFailures ? [`  and ${failed.length - mostFailures} more`] : []
  const [only] = failed
  const hint =
    failed.length === 1 && only?.type === 'Pod' && only.name !== name
      ? ` ${quote(stepName(only.name, name))}`
      : ''
  return [
    ...lines,
    ...more,
    `  argo logs ${name}${hint} shows what ${hint === '' ? 'the steps' : 'it'} printed`,
  ]
}

function hasFailed({ phase }: NodeStatus): boolean {
  return phase === 'Failed' || phase === 'Error'
}

/** A pod, or a step that never came to one: templates that go too deep, arguments that cannot be resolved. */
function isCause(node: NodeStatus, nodes: Readonly<Record<string, NodeStatus>>): boolean {
  if (node.type === 'Pod') return true
  return !(node.children ?? []).some((id) => nodes[id] !== undefined && hasFailed(nodes[id]))
}

/** For a shell: names of loop items hold brackets and colons. */
function quote(text: string): string {
  return /^[\w.:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Global outputs, and those of the entrypoint itself. */
function outputLines({ metadata, status }: Workflow): readonly string[] {
  const root = Object.values(status?.nodes ?? {}).find((node) => node.name === metadata.name)
  const parameters = new Map<string, string>()
  for (const { name, value } of [
    ...(root?.outputs?.parameters ?? []),
    ...(status?.outputs?.parameters ?? []),
  ]) {
    if (value !== undefined) parameters.set(name, value)
  }
  const result = root?.outputs?.result
  const artifacts = [...(root?.outputs?.artifacts ?? []), ...(status?.outputs?.artifacts ?? [])]
  return [
    ...[...parameters].map(([name, value]) => `  ${name} = ${oneLine(value)}`),
    ...(result === undefined ? [] : [`  result = ${oneLine(result)}`]),
    ...artifacts.map(({ name, s3, http }) => `  ${name} -> ${oneLine(s3?.key ?? http?.url ?? '')}`),
  ]
}
