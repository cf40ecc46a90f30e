// The manifests of deploy/ as they are: the controller as a Deployment with the fewest rights, an ordinary user and a
// read-only root, running a workflow in its namespace.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { repositoryRoot } from '../rig/argoexec.ts'
import { kubectl, makeNamespace } from '../rig/kubectl.ts'
import { describeNeeding } from '../rig/needs.ts'
import { executorImage } from '../rig/images.ts'

const files = [
  'rbac/controller.yaml',
  'rbac/leader-election.yaml',
  'rbac/workflow-pods.yaml',
  'controller.yaml',
]

describeNeeding({ cluster: true, programs: ['kubectl'] }, 'the controller in the cluster', () => {
  let namespace: Awaited<ReturnType<typeof makeNamespace>>
  beforeAll(async () => {
    await kubectl(['apply', '-f', join(repositoryRoot, 'deploy/crds')])
    namespace = await makeNamespace('deployment')
  })
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  })

  test('deploy/ brings up a controller that runs a workflow', async () => {
    const items = files.flatMap((file) => documents(file, namespace.name))
    await kubectl(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items })
    const [hello] = documents('../examples/hello.yaml', namespace.name)
    const workflow = { ...(hello as object), metadata: { name: 'hello', namespace: namespace.name } }
    await kubectl(['create', '-f', '-'], workflow)
    const done = '--for=jsonpath={.status.phase}=Succeeded'
    await kubectl(['-n', namespace.name, 'wait', 'workflow/hello', done, '--timeout=90s']).catch(
      async (error: unknown) => {
        const log = await kubectl(['-n', namespace.name, 'logs', 'deployment/workflow-controller']).catch(
          String,
        )
        throw new Error(`${String(error)}\n${log}`)
      },
    )
    expect(await kubectl(['-n', namespace.name, 'logs', 'hello', '-c', 'main'])).toContain('hello')
  })
})

/** The objects of a file below deploy/, moved to another namespace and to the image under test. */
function documents(file: string, namespace: string): readonly unknown[] {
  const text = readFileSync(join(repositoryRoot, 'deploy', file), 'utf8')
    .replace(/^(\s*(?:- )?)namespace: argo$/gm, `$1namespace: ${namespace}`)
    .replace(/^(\s+)argo,$/gm, `$1${namespace},`)
    .replaceAll('argo-ts/argoexec:0.1.0', executorImage)
  return parseAllDocuments(text).map((document) => document.toJS() as unknown)
}
