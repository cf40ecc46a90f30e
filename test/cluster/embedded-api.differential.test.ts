// The embedded API against a real one: the same random calls, the same answers. What may differ is written down in
// test/rig/differential-play.ts.

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KubeApi } from '../../src/kube/api.ts'
import { kubeStatusOf } from '../../src/kube/kube-error.ts'
import { callsOf, kinds } from '../rig/differential-calls.ts'
import { clear, play } from '../rig/differential-play.ts'
import { clientOf, kubeApis, openLocalApi, type OpenApi, type RunningLocalApi } from '../rig/kube-apis.ts'
import { describeNeeding } from '../rig/needs.ts'

const sequences = Number(process.env['ARGO_DIFFERENTIAL_RUNS'] ?? 40)
const seed = Number(process.env['ARGO_DIFFERENTIAL_SEED'] ?? 20_261_124)

describeNeeding({ cluster: true }, 'the embedded API and a real one', () => {
  let local: RunningLocalApi
  let embedded: KubeApi & { close(): void }
  let real: OpenApi
  let stamp = 0

  beforeAll(async () => {
    local = await openLocalApi()
    embedded = clientOf(local)
    const cluster = kubeApis.find(({ needs }) => needs.cluster === true)
    if (cluster === undefined) throw new Error('the table of APIs names no cluster')
    real = await cluster.open()
  })
  afterAll(async () => {
    embedded.close()
    await local[Symbol.asyncDispose]()
    // A sequence that failed leaves finalizers behind, which would hold the namespace for ever.
    for (const { resource } of kinds)
      await clear(real.api, real.namespace, resource, () => true).catch(() => {})
    await real[Symbol.asyncDispose]()
  })

  for (const kind of kinds) {
    test(`${kind.resource.plural}: ${String(sequences)} sequences`, async (context) => {
      const missing = await real.api.list(kind.resource, real.namespace).then(
        () => false,
        (error: unknown) => kubeStatusOf(error)?.code === 404,
      )
      if (missing) context.skip(`the cluster does not know ${kind.resource.plural}`)
      await fc.assert(
        fc.asyncProperty(callsOf(kind), async (calls) => {
          // A label of its own keeps a sequence apart from what earlier ones have left behind.
          stamp++
          const [ours, theirs] = await Promise.all([
            play(embedded, 'argo', kind.resource, calls, `s${String(stamp)}`),
            play(real.api, real.namespace, kind.resource, calls, `s${String(stamp)}`),
          ])
          expect(ours).toEqual(theirs)
        }),
        { numRuns: sequences, seed, endOnFailure: process.env['ARGO_DIFFERENTIAL_SHRINK'] === undefined },
      )
    }, 300_000)
  }
})
