// What a laptop does not do is told once, with its templates; what it does is not mentioned.

import { expect, test } from 'vitest'
import { unlikeCluster, type Surroundings } from '../../../../roles/run/unlike-cluster.ts'
import type { Container, Workflow, WorkflowSpec } from '../../../../src/spec/types.ts'

const user: Surroundings = { uid: 1000, isIsolated: true, config: {}, claims: '/no/such/folder' }
const root: Surroundings = { ...user, uid: 0 }

const workflow = (container: Container, spec: Partial<WorkflowSpec> = {}): Workflow => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name: 'w' },
  spec: {
    entrypoint: 'a',
    templates: ['a', 'b'].map((name) => ({
      name,
      container: { image: 'busybox', command: ['true'], ...container },
    })),
    ...spec,
  },
})

const told = (container: Container, spec: Partial<WorkflowSpec>, surroundings: Surroundings): string =>
  unlikeCluster(workflow(container, spec), surroundings).join('\n')

const everything: Container = {
  securityContext: {
    runAsUser: 5,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], add: ['CHOWN'] },
  },
}

test('a workflow that asks for nothing special, and one that root in a box can have', () => {
  expect(told({}, {}, user)).toBe('')
  expect(told(everything, { hostAliases: [{ ip: '1.1.1.1', hostnames: ['x'] }] }, root)).toBe('')
  expect(told({ securityContext: { runAsUser: 1000 } }, {}, user)).toBe('')
})

test('one line, each thing once with all its templates', () => {
  expect(told({ lifecycle: { preStop: {} }, securityContext: { privileged: true } }, {}, root)).toBe(
    'note: not done on a laptop: lifecycle.preStop (template a, b); privileged (template a, b)',
  )
  const memory = { volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] }
  expect(told({}, memory, user)).toContain('emptyDir.medium Memory of the volume v')
})

test('an ordinary user, also by the context of the pod', () => {
  expect(told(everything, {}, user)).toBe(
    'note: not done on a laptop: runAsUser 5 (you are not root) (template a, b); capabilities.add CHOWN (template a, b)',
  )
  expect(told({}, { securityContext: { runAsUser: 0 } }, user)).toContain('runAsUser 0 (you are not root)')
})

test('root without isolation', () => {
  const line = told(everything, { hostAliases: [{ ip: '1.1.1.1' }] }, { ...root, isIsolated: false })
  for (const what of ['hostAliases', 'runAsUser 5', 'capabilities.drop ALL', 'readOnlyRootFilesystem'])
    expect(line).toContain(`${what} without isolation`)
})

test('claims, images without a command, another namespace', () => {
  const claims = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }
  expect(told({}, claims, user)).toContain('note: there is no PersistentVolumeClaim data yet')
  const images = { config: { images: { known: { entrypoint: ['x'] } } } }
  expect(told({ image: 'known', command: [] }, {}, { ...user, ...images })).toBe('')
  expect(told({ image: 'unknown', command: [] }, {}, user).split('--config')).toHaveLength(2)
  const elsewhere = { ...workflow({}), metadata: { name: 'w', namespace: 'argo' } }
  expect(unlikeCluster(elsewhere, user)).toEqual([
    'note: namespace argo: a laptop has default alone, it runs there',
  ])
})
