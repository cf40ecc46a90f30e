// Workflows that no careful person would create: each ends with a reason, and the controller goes on.

import { expect, test } from 'vitest'
import { resources, type KubeObject } from '../../../src/kube/api.ts'
import { namespace, startControllerRig } from '../../rig/controller-rig.ts'

const odd: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'no-spec': {},
  'spec-text': { spec: 'text' },
  'templates-object': { spec: { entrypoint: 'a', templates: { a: 1 } } },
  'repository-list': { spec: { entrypoint: 'a', artifactRepositoryRef: [1], templates: [] } },
  'status-nodes-text': {
    spec: { entrypoint: 'a', templates: [{ name: 'a', container: { image: 'x', command: ['x'] } }] },
    status: { phase: 'Running', nodes: { x: 'text', y: null } },
  },
}

test('odd workflows end, and a good one beside them runs', async () => {
  await using rig = await startControllerRig()
  for (const [name, body] of Object.entries(odd)) {
    await rig.api.create(resources.workflows, namespace, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name },
      ...body,
    } as KubeObject)
  }
  await rig.submit(`
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: good}
spec:
  entrypoint: a
  templates: [{name: a, container: {image: busybox, command: [sh]}}]
`)
  expect((await rig.ended('good')).status?.phase).toBe('Succeeded')
  for (const name of Object.keys(odd)) {
    const { status } = await rig.ended(name)
    expect([name, status?.phase]).toEqual([name, expect.stringMatching(/Failed|Error/)])
    expect(status?.message ?? '').not.toBe('')
  }
})

test('a pod of somebody else with the name of ours ends the node, not the pod', async () => {
  await using rig = await startControllerRig({ script: () => ({ pending: 'not ours' }) })
  await rig.api.create(resources.pods, namespace, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'taken' },
    spec: { containers: [{ name: 'x', image: 'x' }] },
  } as KubeObject)
  await rig.submit(`
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: taken}
spec:
  entrypoint: a
  templates: [{name: a, container: {image: busybox, command: [sh]}}]
`)
  const { status } = await rig.ended('taken')
  expect(status?.message).toContain('does not belong to workflow taken')
  expect((await rig.api.get(resources.pods, namespace, 'taken')).metadata.name).toBe('taken')
})
