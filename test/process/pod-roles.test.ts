// init, main and wait of one pod as the built executable, against the embedded API and the embedded object store.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { unpack } from '../../src/archive/unpack.ts'
import { resources, type KubeObject } from '../../src/kube/api.ts'
import { startLocalApi, type LocalApi } from '../../src/local/api/start-local-api.ts'
import { startObjectStore, type ObjectStore } from '../../src/local/objects/start-object-store.ts'
import type { Outputs, Template } from '../../src/spec/types.ts'
import { listTree } from '../rig/archives.ts'
import { describeNeeding } from '../rig/needs.ts'
import { makeRoleBox, type RoleBox } from '../rig/role-box.ts'

describeNeeding({ namespaces: true, programs: ['unshare', 'chroot'] }, 'the containers of a pod', () => {
  let folder: string
  let box: RoleBox
  let api: LocalApi
  let store: ObjectStore

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pod-roles-'))
    box = makeRoleBox()
    api = await startLocalApi({ stateFile: join(folder, 'state.db') })
    store = await startObjectStore({ dir: join(folder, 'store'), bucket: 'artifacts' })
    writeFileSync(join(box.volume('sa'), 'token'), api.token)
    writeFileSync(join(box.volume('sa'), 'ca.crt'), api.caPem)
    writeFileSync(join(box.volume('sa'), 'namespace'), 'argo')
    mkdirSync(join(box.volume('secrets'), 'cred'))
    writeFileSync(join(box.volume('secrets'), 'cred/access'), store.accessKey)
    writeFileSync(join(box.volume('secrets'), 'cred/secret'), store.secretKey)
  })

  afterEach(async () => {
    box[Symbol.dispose]()
    await store.close()
    await api.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const s3 = (key: string) => ({
    endpoint: store.endpoint,
    bucket: store.bucket,
    insecure: true,
    accessKeySecret: { name: 'cred', key: 'access' },
    secretKeySecret: { name: 'cred', key: 'secret' },
    key,
  })

  const environment = (more: Readonly<Record<string, string>> = {}) => {
    const { hostname, port } = new URL(api.url)
    return {
      ARGO_POD_NAME: 'wf-step-1',
      ARGO_NODE_ID: 'wf-1',
      ARGO_WORKFLOW_NAME: 'wf',
      ARGO_WORKFLOW_UID: 'uid',
      ARGO_DEADLINE: '0001-01-01T00:00:00Z',
      ARGO_INCLUDE_SCRIPT_OUTPUT: 'true',
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      ...more,
    }
  }
  const shared = { '/var/run/argo': 'var-run-argo' }
  const ours = { ...shared, '/argo/secret': 'secrets', '/var/run/secrets/kubernetes.io/serviceaccount': 'sa' }
  const init = (template: Template) =>
    box.start('init', ['init'], {
      env: environment({ ARGO_TEMPLATE: JSON.stringify(template) }),
      mounts: {
        ...ours,
        '/argo/inputs/artifacts': 'inputs',
        '/argo/staging': 'staging',
        '/mainctrfs/work': 'work',
      },
    })
  const wait = () =>
    box.start('wait', ['wait'], { env: environment(), mounts: { ...ours, '/mainctrfs/work': 'work' } })
  const main = (words: readonly string[], mounts: Readonly<Record<string, string>> = {}) =>
    box.start('main', ['emissary', '--', ...words], {
      env: environment(),
      mounts: { ...shared, '/argo/staging': 'staging', '/work': 'work', ...mounts },
    })
  const result = () =>
    api.api.get<KubeObject & { readonly outputs?: Outputs }>(resources.taskResults, 'argo', 'wf-1')

  test('an artifact and a parameter pass from one step to the next', async () => {
    const archiveLocation = { s3: s3('wf/step-1') }
    const first: Template = {
      script: {
        image: 'i',
        source: 'mkdir -p /out/d; echo data > /out/d/f; printf "%s\\n" 42 > /out/p; echo said\n',
        volumeMounts: [{ name: 'work', mountPath: '/work' }],
      },
      outputs: {
        parameters: [{ name: 'p', valueFrom: { path: '/out/p' } }],
        artifacts: [{ name: 'd', path: '/out/d' }],
      },
      archiveLocation,
    }
    const started = await init(first)
    expect(started.exitCode, started.stderr).toBe(0)
    const [ran, waited] = await Promise.all([main(['sh', '/argo/staging/script']), wait()])
    expect([ran.exitCode, ran.stdout, waited.exitCode], waited.stderr).toEqual([0, 'said', 0])
    expect(await result()).toMatchObject({
      metadata: { labels: { 'workflows.argoproj.io/report-outputs-completed': 'true' } },
      outputs: {
        parameters: [{ name: 'p', valueFrom: { path: '/out/p' }, value: '42' }],
        artifacts: [{ name: 'd', path: '/out/d', s3: { key: 'wf/step-1/d.tgz' } }],
        result: 'said',
      },
    })

    const second: Template = {
      container: { image: 'i' },
      inputs: { artifacts: [{ name: 'in', path: '/in', s3: s3('wf/step-1/d.tgz') }] },
    }
    const loaded = await init(second)
    expect(loaded.exitCode, loaded.stderr).toBe(0)
    expect(listTree(join(box.volume('inputs'), 'in'))).toEqual(['.: drwxr-xr-x', 'f: -rw-r--r-- data\n'])
  })

  test('a directory in a volume goes to the store object by object and comes back', async () => {
    const template: Template = {
      container: { image: 'i', volumeMounts: [{ name: 'work', mountPath: '/work' }] },
      outputs: {
        artifacts: [
          { name: 'tree', path: '/work/tree', archive: { none: {} } },
          { name: 'packed', path: '/work/tree' },
        ],
      },
      archiveLocation: { s3: s3('wf/step-1') },
    }
    expect((await init(template)).exitCode).toBe(0)
    const [ran, waited] = await Promise.all([
      main(['sh', '-c', 'mkdir -p /work/tree/sub; echo 1 > /work/tree/a; echo 2 > /work/tree/sub/b']),
      wait(),
    ])
    expect([ran.exitCode, waited.exitCode], waited.stderr).toEqual([0, 0])
    expect((await result()).outputs?.artifacts).toMatchObject([
      { s3: { key: 'wf/step-1/tree' } },
      { s3: { key: 'wf/step-1/packed.tgz' } },
    ])

    const back: Template = {
      container: { image: 'i' },
      inputs: {
        artifacts: ['tree', 'packed.tgz'].map((name) => ({
          name: name.slice(0, 4),
          path: `/${name}`,
          s3: s3(`wf/step-1/${name}`),
        })),
      },
    }
    const loaded = await init(back)
    expect(loaded.exitCode, loaded.stderr).toBe(0)
    for (const name of ['tree', 'pack']) {
      expect(listTree(join(box.volume('inputs'), name)).map((line) => line.replace(/: \S+ ?/, ' '))).toEqual([
        '. ',
        'a 1\n',
        'sub/b 2\n',
        'sub ',
      ])
    }
  })

  test('SIGKILL of main is noticed and told; what was staged before is reported', async () => {
    expect(
      (
        await init({
          container: { image: 'i' },
          outputs: { parameters: [{ name: 'p', valueFrom: { path: '/p' } }] },
        })
      ).exitCode,
    ).toBe(0)
    const waiting = wait()
    const running = main(['sleep', '1000'])
    running.catch(() => undefined)
    await once(running, 'spawn')
    const started = join(box.volume('var-run-argo'), 'ctr/main/started')
    while (!existsSync(started)) await new Promise((resolve) => setImmediate(resolve))
    mkdirSync(join(box.volume('var-run-argo'), 'outputs/parameters'), { recursive: true })
    writeFileSync(join(box.volume('var-run-argo'), 'outputs/parameters/p'), 'early')
    const killed = performance.now()
    running.kill('SIGKILL')
    const waited = await waiting
    expect(performance.now() - killed).toBeLessThan(2000)
    expect(waited.exitCode).toBe(64)
    expect(box.terminationMessage('wait')).toBe('main was killed (signal 9)')
    expect((await result()).outputs?.parameters).toMatchObject([{ name: 'p', value: 'early' }])
  })

  test('SIGTERM to wait, again and again, does not stop the collecting', async () => {
    const template: Template = {
      container: { image: 'i' },
      outputs: { artifacts: [{ name: 'big', path: '/big' }] },
      archiveLocation: { s3: s3('wf/step-1') },
    }
    expect((await init(template)).exitCode).toBe(0)
    const { metadata } = await api.api.list(resources.taskResults, 'argo')
    const running = main(['sh', '-c', 'head -c 20000000 /dev/urandom > /big'])
    const waiting = wait()
    // Its first call is a sign that its handler is there: before, SIGTERM ends any process.
    for await (const event of api.api.watch(resources.taskResults, 'argo', {
      resourceVersion: metadata.resourceVersion,
    })) {
      if (event.type === 'ADDED') break
    }
    const again = setInterval(() => waiting.kill('SIGTERM'), 20)
    try {
      await running
      const waited = await waiting
      expect(waited.exitCode, waited.stderr).toBe(0)
    } finally {
      clearInterval(again)
    }
    const archive = join(folder, 'big.tgz')
    writeFileSync(archive, readFileSync(join(box.volume('var-run-argo'), 'outputs/artifacts/big.tgz')))
    await unpack('tar', archive, join(folder, 'big'))
    expect(readFileSync(join(folder, 'big')).length).toBe(20_000_000)
  })
})
