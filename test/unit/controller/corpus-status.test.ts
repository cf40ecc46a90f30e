// Plays the recorded runs of the corpus against the operator and compares the status it arrives at, node by node.

import { expect, test } from 'vitest'
import { decodeWorkflow } from '../../../src/spec/decode.ts'
import { isError } from '../../../src/spec/problem.ts'
import {
  controllerConfig,
  manifestOf,
  neededConfigMaps,
  recordedStatus,
  recordings,
  type Recording,
} from '../../rig/corpus-pods.ts'
import { compareShape, differenceText } from '../../rig/same-shape.ts'
import { playRecording } from '../../rig/play-recording.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { report } from '../../rig/report.ts'
import { sharedDir } from '../../rig/shared.ts'
import type { NodeStatus, Workflow, WorkflowStatus } from '../../../src/spec/types.ts'

const shared = sharedDir()
/** Workflows that agree today: the number may only grow. */
const least = 80

/** Recordings that cannot be played, or that ours ends otherwise, each with its reason. */
const exempt: Readonly<Record<string, string>> = {
  'workflows/examples/timeouts-workflow.yaml': 'its deadline passes, and a play has no clock',
  'workflows/e2e/testdata/http/clientcert-auth-artifact-http.yaml':
    'Go writes two empty structures into the inputs of a node',
}

describeNeeding({ shared: true }, 'the corpus', () => {
  test('the status of recorded workflows is that of the reference implementation', () => {
    const folder = shared ?? ''
    const failures: string[] = []
    const left: Record<string, number> = {}
    let passed = 0
    for (const recording of recordings(folder, 'default')) {
      const outcome = compare(folder, recording)
      if (typeof outcome === 'string') left[outcome] = (left[outcome] ?? 0) + 1
      else if (outcome.length === 0) passed++
      else
        failures.push(`${recording.file} (${recording.workflowName})\n  ${outcome.slice(0, 12).join('\n  ')}`)
    }
    report(`corpus status: ${passed} workflows agree, ${failures.length} do not`)
    report(
      `left out: ${JSON.stringify(Object.fromEntries(Object.entries(left).sort((a, b) => b[1] - a[1])))}`,
    )
    expect(failures.join('\n\n')).toBe('')
    expect(passed).toBeGreaterThanOrEqual(least)
  })
})

/** Why a recording is left out, or the differences. */
function compare(folder: string, recording: Recording): string | readonly string[] {
  if (exempt[recording.file] !== undefined) return `exempt: ${exempt[recording.file]}`
  const status = recordedStatus(folder, recording)
  const manifest = manifestOf(folder, recording)
  if (status === undefined || manifest === undefined) return 'no recorded status'
  const problem = decodeWorkflow(manifest).problems.find(isError)
  if (problem !== undefined) return problem.message
  if (JSON.stringify(manifest).includes('{{=')) return 'expression tags'
  if (status.finishedAt === undefined) return 'the recording does not end'
  const workflow: Workflow = {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      name: recording.workflowName,
      namespace: manifest.metadata.namespace ?? 'argo',
      uid: '11111111-2222-3333-4444-555555555555',
      creationTimestamp: '2026-01-02T03:04:05Z',
    },
    ...(status.artifactRepositoryRef !== undefined && {
      status: { artifactRepositoryRef: status.artifactRepositoryRef },
    }),
  }
  const played = playRecording({
    workflow,
    endOf: (id) => status.nodes?.[id],
    config: controllerConfig(folder, 'default'),
    executorImage: 'executor',
    parameterConfigMaps: neededConfigMaps(folder, recording.file),
    start: new Date('2026-01-02T03:04:06Z'),
  })
  return compareShape(comparable(status), comparable(played.workflow.status ?? {})).differences.map(
    differenceText,
  )
}

function comparable(status: WorkflowStatus): unknown {
  const { nodes, outputs, ...rest } = status
  const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name)
  return {
    ...rest,
    // In the order in which pods ended that ran side by side.
    outputs: {
      parameters: outputs?.parameters?.toSorted(byName),
      artifacts: outputs?.artifacts?.toSorted(byName),
    },
    nodes: Object.fromEntries(Object.entries(nodes ?? {}).map(([id, node]) => [id, comparableNode(node)])),
  }
}

/** The nodes of the cluster have no part in a play. The order of children that start together is drawn by chance. */
function comparableNode(node: NodeStatus): unknown {
  const { hostNodeName: _host, children, outboundNodes, ...rest } = node
  return {
    ...rest,
    ...(children !== undefined && { children: children.toSorted() }),
    ...(outboundNodes !== undefined && { outboundNodes: outboundNodes.toSorted() }),
  }
}
