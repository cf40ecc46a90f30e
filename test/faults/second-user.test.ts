// Another user of the same machine while a workflow runs: the ports are open to everybody, what is behind them is not.

import { copyFileSync, chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { resources, type KubeObject } from '../../src/kube/api.ts'
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts'
import { createKubeClient } from '../../src/kube/rest-client.ts'
import type { Template } from '../../src/spec/types.ts'
import { repositoryRoot } from '../rig/argoexec.ts'
import { openLaptop, shellWorkflow } from '../rig/laptop.ts'
import { describeNeeding } from '../rig/needs.ts'
import { until } from '../rig/until.ts'

/** Neither root nor the user without rights that other tests use. */
const stranger = '64321'

interface Tried {
  readonly uid: number
  readonly answers: Readonly<Record<string, number | string>>
  readonly read: readonly string[]
  readonly listed: readonly string[]
  readonly seen: readonly string[]
}

interface Pod extends KubeObject {
  readonly spec: { readonly initContainers: readonly { readonly env: readonly Variable[] }[] }
}

interface Variable {
  readonly name: string
  readonly value?: string
}

/** What a run has that a stranger must not get at. */
async function placesOf(
  kubeconfig: string,
): Promise<{ api: string; store: string; secrets: readonly string[] }> {
  const config = await loadKubeConfig({ env: {}, path: kubeconfig })
  const client = createKubeClient(config)
  try {
    const namespace = config.namespace ?? 'default'
    const { items } = await client.list<Pod>(resources.pods, namespace)
    const variable = items[0]?.spec.initContainers[0]?.env.find(({ name }) => name === 'ARGO_TEMPLATE')
    const template = JSON.parse(variable?.value ?? '{}') as Template
    const keys = await client.list<KubeObject & { readonly data?: Readonly<Record<string, string>> }>(
      resources.secrets,
      namespace,
    )
    const values = keys.items.flatMap(({ data }) => Object.values(data ?? {}))
    const { authorization = '' } = (await config.authorize?.()) ?? {}
    return {
      api: config.server,
      store: `http://${template.archiveLocation?.s3?.endpoint ?? ''}`,
      secrets: [
        authorization.replace('Bearer ', ''),
        ...values.map((value) => Buffer.from(value, 'base64').toString()),
      ],
    }
  } finally {
    client.close()
  }
}

/** Runs the fixture as somebody else, with copies of it and of Node where everybody may read. */
async function tryAsStranger(words: readonly string[]): Promise<Tried> {
  const folder = mkdtempSync(join(tmpdir(), 'stranger-'))
  try {
    chmodSync(folder, 0o755)
    const fixture = join(folder, 'stranger.ts')
    copyFileSync(join(repositoryRoot, 'test/fixtures/faults/stranger.ts'), fixture)
    const user = ['--reuid', stranger, '--regid', stranger, '--clear-groups']
    const { stdout } = await execa(
      'setpriv',
      [...user, process.execPath, '--no-warnings', fixture, ...words],
      {
        cwd: folder,
        env: {},
        extendEnv: false,
      },
    )
    return JSON.parse(stdout) as Tried
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describeNeeding({ root: true, programs: ['setpriv'] }, 'a second user of the machine', () => {
  for (const ordinary of [true, false]) {
    test(`gets nothing of a run${ordinary ? ' of an ordinary user' : ''}`, { timeout: 60_000 }, async () => {
      await using laptop = openLaptop({ ordinary })
      const child = laptop.start([
        'run',
        laptop.file(
          'w.json',
          shellWorkflow('echo precious; sleep 50', {
            outputs: { artifacts: [{ name: 'a', path: '/tmp/a', optional: true }] },
          }),
        ),
      ])
      const kubeconfig = join(laptop.state, 'kubeconfig')
      const log = join(laptop.state, 'logs/test/main.log')
      await until('the step runs', () => existsSync(log) && statSync(log).size > 0)
      expect(statSync(kubeconfig).mode & 0o777).toBe(0o600)
      const { api, store, secrets } = await placesOf(kubeconfig)
      expect([new URL(api).hostname, new URL(store).hostname]).toEqual(['127.0.0.1', '127.0.0.1'])
      expect(secrets.filter((secret) => secret.length >= 20)).toHaveLength(3)

      const files = ['kubeconfig', 'api.sqlite', 'objects', 'logs', 'pods', 'logs/test/main.log', '.']
      const paths = files.map((name) => join(laptop.state, name))
      const tried = await tryAsStranger([api, store, secrets.join(','), ...paths])
      expect(tried.uid).toBe(Number(stranger))
      const letIn = Object.entries(tried.answers).filter(([, status]) => status !== 401 && status !== 403)
      expect(letIn).toEqual([])
      expect(Object.keys(tried.answers)).toHaveLength(18)
      expect(new Set([...tried.read, ...tried.listed])).toEqual(new Set(['EACCES']))
      expect(tried.seen).toEqual([])
      child.kill('SIGINT')
      expect((await child).exitCode).toBe(130)
    })
  }
})
