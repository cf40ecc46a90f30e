// The controller against an API: what it writes, what it creates, and in which order.

import { expect, test } from 'vitest'
import { resources } from '../../../src/kube/api.ts'
import { labels } from '../../../src/pod/names.ts'
import { namespace, startControllerRig } from '../../rig/controller-rig.ts'
import type { Pod } from '../../../src/controller/pod/pod-types.ts'

const passing = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: passing}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: gen, template: gen}
    - - name: use
        template: use
        arguments: {parameters: [{name: text, value: "{{steps.gen.outputs.parameters.word}}"}]}
        withParam: "{{steps.gen.outputs.result}}"
  - name: gen
    outputs: {parameters: [{name: word, valueFrom: {path: /tmp/word}}]}
    container: {image: busybox, command: [sh]}
  - name: use
    inputs: {parameters: [{name: text}]}
    container: {image: busybox, command: [echo], args: ["{{inputs.parameters.text}}"]}
`

test('a workflow passes parameters and ends; its pods are let go, its reports thrown away', async () => {
  await using rig = await startControllerRig({
    script: (node) =>
      node.endsWith('.gen')
        ? {
            outputs: {
              result: '["a","b"]',
              parameters: [{ name: 'word', value: 'hello', valueFrom: { path: '/tmp/word' } }],
            },
          }
        : undefined,
  })
  await rig.submit(passing)
  const { status, metadata } = await rig.ended('passing')
  expect(status).toMatchObject({ phase: 'Succeeded', progress: '3/3' })
  expect(metadata.labels).toMatchObject({ [labels.phase]: 'Succeeded', [labels.completed]: 'true' })
  expect(rig.kubelet.started).toEqual(['passing[0].gen', 'passing[1].use(0:a)', 'passing[1].use(1:b)'])
  const use = Object.values(status?.nodes ?? {}).find(({ displayName }) => displayName === 'use(1:b)')
  expect(use).toMatchObject({
    phase: 'Succeeded',
    inputs: { parameters: [{ name: 'text', value: 'hello' }] },
    outputs: { exitCode: '0' },
  })
  await expect.poll(async () => (await rig.api.list(resources.taskResults, namespace)).items.length).toBe(0)
  await expect
    .poll(
      async () =>
        (await rig.api.list<Pod>(resources.pods, namespace, { labelSelector: `${labels.completed}=true` }))
          .items.length,
    )
    .toBe(3)
})

test('a step that fails ends the workflow, and the exit handler runs', async () => {
  await using rig = await startControllerRig({
    script: (node) => (node.endsWith('.bad') ? { exitCode: 3 } : undefined),
  })
  await rig.submit(`
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: failing}
spec:
  entrypoint: main
  onExit: bye
  templates:
  - name: main
    dag:
      tasks:
      - {name: bad, template: cmd}
      - {name: after, template: cmd, depends: bad}
      - {name: rescue, template: cmd, depends: bad.Failed}
  - name: cmd
    container: {image: busybox, command: [sh]}
  - name: bye
    container: {image: busybox, command: [echo], args: ["{{workflow.status}} {{workflow.failures}}"]}
`)
  const { status } = await rig.ended('failing')
  const byName = Object.fromEntries(
    Object.values(status?.nodes ?? {}).map((node) => [node.displayName, node]),
  )
  expect(byName['bad']).toMatchObject({ phase: 'Failed', message: 'main: Error (exit code 3)' })
  expect(byName['after']).toMatchObject({ phase: 'Omitted', message: 'omitted: depends condition not met' })
  expect(byName['rescue']).toMatchObject({ phase: 'Succeeded' })
  expect(byName['failing.onExit']).toMatchObject({ phase: 'Succeeded', nodeFlag: { hooked: true } })
  expect(status?.phase).toBe('Failed')
})

test('what is not covered is refused before any pod, in one message', async () => {
  await using rig = await startControllerRig()
  await rig.submit(`
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: refused}
spec:
  entrypoint: main
  parallelism: 3
  templates:
  - name: main
    retryStrategy: {limit: 2}
    container: {image: busybox, command: [sh], imagee: x}
`)
  const { status } = await rig.ended('refused')
  expect(status?.phase).toBe('Failed')
  expect(status?.message).toMatch(/^invalid spec: /)
  for (const path of [
    'spec.parallelism',
    'spec.templates[0].retryStrategy',
    'spec.templates[0].container.imagee',
  ]) {
    expect(status?.message).toContain(path)
  }
  expect(rig.kubelet.started).toEqual([])
})

test('Stop ends pending pods and fails what runs', async () => {
  await using rig = await startControllerRig({ script: () => ({ pending: 'ImagePullBackOff' }) })
  await rig.submit(`
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: stopped}
spec:
  entrypoint: main
  templates:
  - name: main
    container: {image: busybox, command: [sh]}
`)
  await rig.until('stopped', ({ status }) => status?.nodes?.['stopped']?.message === 'ImagePullBackOff')
  await rig.api.patch(resources.workflows, namespace, 'stopped', 'merge', { spec: { shutdown: 'Stop' } })
  const { status } = await rig.ended('stopped')
  expect(status).toMatchObject({ phase: 'Failed', message: "Stopped with strategy 'Stop'" })
  await expect.poll(async () => (await rig.api.list(resources.pods, namespace)).items.length).toBe(0)
})

test('activeDeadlineSeconds ends a workflow whose pod never starts', async () => {
  await using rig = await startControllerRig({ script: () => ({ pending: 'Unschedulable' }) })
  await rig.submit(`
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: late}
spec:
  entrypoint: main
  activeDeadlineSeconds: 1
  templates:
  - name: main
    steps: [[{name: a, template: cmd}]]
  - name: cmd
    container: {image: busybox, command: [sh]}
`)
  const { status } = await rig.ended('late')
  expect(status?.phase).toBe('Failed')
  expect(Object.values(status?.nodes ?? {}).find(({ type }) => type === 'Pod')?.message).toBe(
    'Step exceeded its deadline',
  )
})
