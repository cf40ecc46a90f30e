// The lease of the controller on a real cluster: one holds it, the next one waits, a thief is noticed.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts'
import { createKubeClient, type KubeClient } from '../../src/kube/rest-client.ts'
import { createLogger } from '../../src/log/logger.ts'
import { holdLease, type HeldLease } from '../../roles/controller/hold-lease.ts'
import { kubectl, makeNamespace } from '../rig/kubectl.ts'
import { describeNeeding } from '../rig/needs.ts'

describeNeeding({ cluster: true, programs: ['kubectl'] }, 'the lease of the controller', () => {
  let api: KubeClient
  let namespace: Awaited<ReturnType<typeof makeNamespace>>
  beforeAll(async () => {
    api = createKubeClient(await loadKubeConfig({ env: process.env }))
    namespace = await makeNamespace('lease')
  })
  afterAll(async () => {
    api.close()
    await namespace[Symbol.asyncDispose]()
  })
  const hold = (identity: string, signal: AbortSignal): Promise<HeldLease> =>
    holdLease({
      api,
      namespace: namespace.name,
      name: 'controller',
      identity,
      enabled: true,
      log: createLogger({ level: 'error' }),
      signal,
    })

  test('is given back at the end, so that the next one starts at once; taken away, its holder ends', async () => {
    const first = new AbortController()
    const second = new AbortController()
    const one = await hold('one', first.signal)
    let others = 0
    const waiting = hold('two', second.signal).then((lease) => (others++, lease))
    expect(one.signal.aborted).toBe(false)
    expect(others).toBe(0)
    first.abort(new Error('the end'))
    await one.ended
    const two = await waiting
    expect([one.lost, two.signal.aborted]).toEqual([false, false])
    const stolen = { spec: { holderIdentity: 'thief', renewTime: null } }
    await kubectl([
      '-n',
      namespace.name,
      'patch',
      'lease',
      'controller',
      '--type=merge',
      '-p',
      JSON.stringify(stolen),
    ])
    await two.ended
    expect([two.lost, two.signal.aborted]).toEqual([true, true])
  })
})
