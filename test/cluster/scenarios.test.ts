// The same table of scenarios on a real cluster, as pods of three containers, against a real S3.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { repositoryRoot } from '../rig/argoexec.ts'
import { startClusterController, type ClusterController } from '../rig/cluster-controller.ts'
import { kubectl } from '../rig/kubectl.ts'
import { describeNeeding } from '../rig/needs.ts'
import { judge, viewOf } from '../scenarios/judge.ts'
import type { Fields, Scenario } from '../scenarios/scenario.ts'
import { judgeShutdown, shutDown, stoppable, strategies } from '../scenarios/shutdown.ts'
import { scenarios } from '../scenarios/table.ts'

type Manifest = Readonly<Record<string, unknown>> & { readonly kind?: string }

describeNeeding({ cluster: true, s3: true, programs: ['kubectl'] }, 'scenarios on the cluster', () => {
  let cluster: ClusterController
  beforeAll(async () => {
    cluster = await startClusterController('scenarios')
  })
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]()
  })

  test.concurrent.each(scenarios.map((scenario, index) => ({ ...scenario, index })))(
    '$name',
    async (scenario) => {
      const manifests = manifestsOf(scenario, cluster.store)
      for (const object of manifests.filter(({ kind }) => kind !== 'Workflow')) {
        const apply = (): Promise<string> => kubectl(['-n', cluster.namespace, 'apply', '-f', '-'], object)
        // Two scenarios may bring the same object at the same moment; the second try then finds it.
        await apply().catch(apply)
      }
      const workflow = manifests.find(({ kind }) => kind === 'Workflow') ?? {}
      judge(scenario, viewOf(await cluster.run(`s${scenario.index}`, workflow)))
    },
  )

  test.concurrent.each(strategies)('%s while a step runs', async (strategy) => {
    const name = strategy.toLowerCase()
    const ended = cluster.run(name, stoppable)
    await shutDown((words) => kubectl(['-n', cluster.namespace, ...words]), name, strategy)
    judgeShutdown(strategy, name, viewOf(await ended))
  })
})

function manifestsOf({ workflow, objects }: Scenario, store: Fields): readonly Manifest[] {
  if (typeof workflow !== 'string') return [...(objects?.(store) ?? []), workflow as Manifest]
  const text = readFileSync(join(repositoryRoot, 'examples', workflow), 'utf8')
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest)
}
