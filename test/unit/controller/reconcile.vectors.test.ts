// One pass over each workflow of the corpus that uses only covered features, compared field by field.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reconcile } from '../../../src/controller/operate/reconcile.ts'
import { decodeWorkflow } from '../../../src/spec/decode.ts'
import { isError } from '../../../src/spec/problem.ts'
import { differencesOf } from '../../rig/differences.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { report } from '../../rig/report.ts'
import { sharedDir } from '../../rig/shared.ts'
import type { Pod } from '../../../src/controller/pod/pod-types.ts'
import type { NodeStatus, Workflow } from '../../../src/spec/types.ts'

interface Case {
  readonly in: { readonly workflow: Workflow; readonly pods: readonly Pod[] }
  readonly out: {
    readonly phase: string
    readonly message?: string
    readonly progress: string
    readonly nodes?: Readonly<Record<string, Record<string, unknown>>>
    readonly labels?: Readonly<Record<string, string>>
    readonly conditions?: readonly unknown[]
  }
  readonly from?: string
}

const shared = sharedDir()
/** Cases that pass today: the number may only grow. */
const least = 60

describeNeeding({ shared: true }, 'the corpus', () => {
  test('a pass does what the reference implementation does', () => {
    const file = join(shared ?? '', 'corpus/vectors/reconcile.json')
    const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Case[] }
    const uncovered = new Map<string, number>()
    const failures: string[] = []
    let passed = 0
    for (const [index, item] of cases.entries()) {
      const reason = uncoveredReason(item)
      if (reason !== undefined) {
        uncovered.set(reason, (uncovered.get(reason) ?? 0) + 1)
        continue
      }
      const differences = differencesOf(run(item), { ...item.out, nodes: item.out.nodes ?? {} })
      if (differences.length === 0) passed++
      else failures.push(`#${index} ${item.from ?? ''}\n  ${differences.join('\n  ')}`)
    }
    report(
      `reconcile: ${cases.length} cases, ${cases.length - [...uncovered.values()].reduce((a, b) => a + b, 0)} covered, ${passed} passed`,
    )
    report(`uncovered: ${JSON.stringify(Object.fromEntries([...uncovered].sort((a, b) => b[1] - a[1])))}`)
    expect(failures.join('\n\n')).toBe('')
    expect(passed).toBeGreaterThanOrEqual(least)
  })
})

/** Cases that ours answers otherwise, or that lean on what the case does not show. */
const exempt: Readonly<Record<string, string>> = {
  'controller:TestPodCleanupDeletePendingPodWhenTerminate': 'the test stopped the workflow in memory only',
  'controller:TestWFDefaultsWithWorkflow': 'the test set workflowDefaults',
  'controller:TestOptionalArgumentAndParameter': 'an optional input of a skipped producer stays optional',
  'controller:TestReOperateCompletedWf': 'a workflow that has ended is not taken up again',
  'controller:TestDAGReferTaskAggregatedOutputs': 'a workflow that has ended is not taken up again',
}

function uncoveredReason(item: Case): string | undefined {
  const reason = exempt[item.from ?? '']
  if (reason !== undefined) return `exempt: ${reason}`
  const { status: _status, ...declared } = item.in.workflow
  const problem = decodeWorkflow(declared).problems.find(isError)
  if (problem !== undefined) return problem.message
  if (JSON.stringify(declared).includes('{{=')) return 'expression tags'
  return undefined
}

function run(item: Case): unknown {
  const now = new Date()
  const workflow = JSON.parse(
    JSON.stringify(item.in.workflow).replaceAll('<now>', `${now.toISOString().slice(0, 19)}Z`),
  ) as Workflow
  const pods = new Map(
    item.in.pods.map((pod) => [pod.metadata.annotations?.['workflows.argoproj.io/node-id'] ?? '', pod]),
  )
  const { workflow: after } = reconcile({
    workflow,
    pods,
    taskResults: [],
    parameterConfigMap: () => undefined,
    missingPods: new Set(Object.keys(workflow.status?.nodes ?? {})),
    config: { images: imagesOf(item.in.workflow) },
    executor: { image: 'executor', log: { level: 'info', format: 'text' } },
    now,
  })
  const { phase = '', message, progress = '', conditions, nodes = {} } = after.status ?? {}
  return {
    phase,
    ...(message !== undefined && { message }),
    progress,
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, comparable(node)])),
    ...(Object.keys(after.metadata.labels ?? {}).length > 0 && { labels: after.metadata.labels }),
    ...(conditions !== undefined && { conditions }),
  }
}

/** Argo looked them up in a registry of the test. */
function imagesOf(workflow: Workflow): Record<string, { entrypoint: string[] }> {
  const images = [...JSON.stringify(workflow).matchAll(/"image":"([^"]+)"/g)].map(([, image]) => image ?? '')
  return Object.fromEntries(images.map((image) => [image, { entrypoint: ['sh'] }]))
}

function comparable(node: NodeStatus): unknown {
  const {
    startedAt: _started,
    finishedAt: _finished,
    taskResultSynced: _synced,
    ...rest
  } = node as NodeStatus & { resourcesDuration?: unknown; estimatedDuration?: unknown }
  const {
    resourcesDuration: _resources,
    estimatedDuration: _estimated,
    hostNodeName: _host,
    ...shown
  } = rest as Record<string, unknown>
  // Go leaves empty texts out; some of the workflows have no name.
  return JSON.parse(
    JSON.stringify(shown, (key, value: unknown) =>
      value === '' && key !== 'type' && key !== 'id' && key !== 'name' ? undefined : value,
    ),
  )
}
