// The controller when the API is not at its best: away for a while, or written by others at the same time.

import { expect, test } from 'vitest'
import { ArgoError } from '../../../src/errors/argo-error.ts'
import { resources, type KubeApi, type KubeObject, type Resource } from '../../../src/kube/api.ts'
import { labels } from '../../../src/pod/names.ts'
import { namespace, startControllerRig } from '../../rig/controller-rig.ts'
import type { Pod } from '../../../src/controller/pod/pod-types.ts'

const steps = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: steps}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: cmd, withItems: [1, 2]}
    - - {name: b, template: cmd}
  - name: cmd
    container: {image: busybox, command: [sh]}
`

test('every second call fails for a moment: the workflow ends all the same, one pod for each node', async () => {
  let calls = 0
  const stumbling = (api: KubeApi): KubeApi => {
    const stumble = (): void => {
      if (++calls % 2 === 0)
        throw new ArgoError('connect ECONNREFUSED 127.0.0.1:1', { code: 'ERR_UNAVAILABLE', retryable: true })
    }
    return {
      ...api,
      create: async (...words) => (stumble(), api.create(...words)) as never,
      update: async (...words) => (stumble(), api.update(...words)) as never,
      patch: async (...words) => (stumble(), api.patch(...words)) as never,
      get: async (...words) => (stumble(), api.get(...words)) as never,
    }
  }
  await using rig = await startControllerRig({ through: stumbling })
  await rig.submit(steps)
  expect((await rig.ended('steps')).status).toMatchObject({ phase: 'Succeeded', progress: '3/3' })
  for (const uids of rig.kubelet.seen.values()) expect(uids.size).toBe(1)
})

test('an answer that is lost after the pod was created leads to the same pod', async () => {
  const lossy = (api: KubeApi): KubeApi => ({
    ...api,
    create: async <T extends KubeObject>(resource: Resource, space: string, object: T) => {
      // The second attempt meets the pod of the first.
      await api.create(resource, space, object)
      throw new ArgoError('socket hang up', { code: 'ERR_UNAVAILABLE', retryable: true })
    },
  })
  await using rig = await startControllerRig({ through: lossy })
  await rig.submit(steps)
  expect((await rig.ended('steps')).status).toMatchObject({ phase: 'Succeeded', progress: '3/3' })
  expect(rig.kubelet.started.toSorted()).toEqual(['steps[0].a(0:1)', 'steps[0].a(1:2)', 'steps[1].b'])
})

test('a workflow that somebody else writes between our read and our write keeps both changes', async () => {
  let meddled = 0
  const meddling = (api: KubeApi): KubeApi => ({
    ...api,
    update: async <T extends KubeObject>(resource: Resource, space: string, object: T) => {
      if (meddled++ < 3) {
        await api.patch(resource, space, object.metadata.name ?? '', 'merge', {
          metadata: { labels: { meddled: String(meddled) } },
        })
      }
      return api.update(resource, space, object)
    },
  })
  await using rig = await startControllerRig({ through: meddling })
  await rig.submit(steps)
  const { status, metadata } = await rig.ended('steps')
  expect(status?.phase).toBe('Succeeded')
  expect(metadata.labels).toMatchObject({ meddled: '3', [labels.completed]: 'true' })
})

test('a pod that is deleted while it runs is missed', async () => {
  const { promise: never } = Promise.withResolvers()
  let now = Date.now()
  await using rig = await startControllerRig({ script: () => ({ until: never }), now: () => new Date(now) })
  await rig.submit(`
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: robbed}
spec:
  entrypoint: a
  templates: [{name: a, container: {image: busybox, command: [sh]}}]
`)
  await rig.until('robbed', ({ status }) => status?.nodes?.['robbed']?.phase === 'Running')
  // The report is not complete and never will be: two minutes later nobody waits for it any more.
  now += 11_000
  await rig.api.delete(resources.pods, namespace, 'robbed', { gracePeriodSeconds: 0 })
  await rig.until('robbed', ({ status }) => status?.nodes?.['robbed']?.message === 'pod deleted')
  now += 125_000
  await rig.api.patch(resources.workflows, namespace, 'robbed', 'merge', {
    metadata: { annotations: { look: 'again' } },
  })
  expect((await rig.ended('robbed')).status).toMatchObject({ phase: 'Error', message: 'pod deleted' })
  expect((await rig.api.list<Pod>(resources.pods, namespace)).items).toEqual([])
})
