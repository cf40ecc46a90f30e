// What remains on the screen after a run: how it ended, what it produced, where to look on.

import type { Workflow } from '../../spec/types.ts'
import { oneLine, type Paint } from './paint.ts'
import { stepName } from '../state/step-name.ts'
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

/** The steps that failed themselves, with their reasons, and where to read on. */
function failureLines({ metadata, status }: Workflow): readonly string[] {
  const name = metadata.name ?? ''
  const failed = Object.values(status?.nodes ?? {}).filter(
    (node) => node.type === 'Pod' && (node.phase === 'Failed' || node.phase === 'Error'),
  )
  const lines = failed.slice(0, mostFailures).map((node) => {
    const message = oneLine((node.message ?? '').trim())
    return `  ${stepName(node.name, name)}: ${message === '' ? (node.phase ?? '') : message}`
  })
  const more = failed.length > mostFailures ? [`  and ${failed.length - mostFailures} more`] : []
  const [only] = failed
  const hint =
    failed.length === 1 && only !== undefined && only.name !== name
      ? ` ${quote(stepName(only.name, name))}`
      : ''
  return [
    ...lines,
    ...more,
    `  argo logs ${name}${hint} shows what ${hint === '' ? 'the steps' : 'it'} printed`,
  ]
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
