// init, main and wait of one pod as the built executable, against the embedded API and the embedded object store.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { unpack } from '../../src/archive/unpack.ts'
import { resources } from '../../src/kube/api.ts'
import type { Template } from '../../src/spec/types.ts'
import { listTree } from '../rig/archives.ts'
import { openBuiltPod, type BuiltPod } from '../rig/built-pod.ts'
import { describeNeeding } from '../rig/needs.ts'

describeNeeding({ namespaces: true, programs: ['unshare', 'chroot'] }, 'the containers of a pod', () => {
  let pod: BuiltPod

  beforeEach(async () => {
    pod = await openBuiltPod()
  })

  afterEach(() => pod[Symbol.asyncDispose]())

  test('an artifact and a parameter pass from one step to the next', async () => {
    const archiveLocation = { s3: pod.s3('wf/step-1') }
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
    const started = await pod.init(first)
    expect(started.exitCode, started.stderr).toBe(0)
    const [ran, waited] = await Promise.all([pod.main(['sh', '/argo/staging/script']), pod.wait()])
    expect([ran.exitCode, ran.stdout, waited.exitCode], waited.stderr).toEqual([0, 'said', 0])
    expect(await pod.result()).toMatchObject({
      metadata: { labels: { 'workflows.argoproj.io/report-outputs-completed': 'true' } },
      outputs: {
        parameters: [{ name: 'p', valueFrom: { path: '/out/p' }, value: '42' }],
        artifacts: [{ name: 'd', path: '/out/d', s3: { key: 'wf/step-1/d.tgz' } }],
        result: 'said',
      },
    })

    const second: Template = {
      container: { image: 'i' },
      inputs: { artifacts: [{ name: 'in', path: '/in', s3: pod.s3('wf/step-1/d.tgz') }] },
    }
    const loaded = await pod.init(second)
    expect(loaded.exitCode, loaded.stderr).toBe(0)
    expect(listTree(join(pod.box.volume('inputs'), 'in'))).toEqual(['.: drwxr-xr-x', 'f: -rw-r--r-- data\n'])
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
      archiveLocation: { s3: pod.s3('wf/step-1') },
    }
    expect((await pod.init(template)).exitCode).toBe(0)
    const [ran, waited] = await Promise.all([
      pod.main(['sh', '-c', 'mkdir -p /work/tree/sub; echo 1 > /work/tree/a; echo 2 > /work/tree/sub/b']),
      pod.wait(),
    ])
    expect([ran.exitCode, waited.exitCode], waited.stderr).toEqual([0, 0])
    expect((await pod.result()).outputs?.artifacts).toMatchObject([
      { s3: { key: 'wf/step-1/tree' } },
      { s3: { key: 'wf/step-1/packed.tgz' } },
    ])

    const back: Template = {
      container: { image: 'i' },
      inputs: {
        artifacts: ['tree', 'packed.tgz'].map((name) => ({
          name: name.slice(0, 4),
          path: `/${name}`,
          s3: pod.s3(`wf/step-1/${name}`),
        })),
      },
    }
    const loaded = await pod.init(back)
    expect(loaded.exitCode, loaded.stderr).toBe(0)
    for (const name of ['tree', 'pack']) {
      expect(
        listTree(join(pod.box.volume('inputs'), name)).map((line) => line.replace(/: \S+ ?/, ' ')),
      ).toEqual(['. ', 'a 1\n', 'sub/b 2\n', 'sub '])
    }
  })

  test('SIGKILL of main is noticed and told; what was staged before is reported', async () => {
    expect(
      (
        await pod.init({
          container: { image: 'i' },
          outputs: { parameters: [{ name: 'p', valueFrom: { path: '/p' } }] },
        })
      ).exitCode,
    ).toBe(0)
    const waiting = pod.wait()
    const running = pod.main(['sleep', '1000'])
    running.catch(() => undefined)
    await once(running, 'spawn')
    const started = join(pod.box.volume('var-run-argo'), 'ctr/main/started')
    while (!existsSync(started)) await new Promise((resolve) => setImmediate(resolve))
    mkdirSync(join(pod.box.volume('var-run-argo'), 'outputs/parameters'), { recursive: true })
    writeFileSync(join(pod.box.volume('var-run-argo'), 'outputs/parameters/p'), 'early')
    const killed = performance.now()
    running.kill('SIGKILL')
    const waited = await waiting
    expect(performance.now() - killed).toBeLessThan(2000)
    expect(waited.exitCode).toBe(64)
    expect(pod.box.terminationMessage('wait')).toBe('main was killed (signal 9)')
    expect((await pod.result()).outputs?.parameters).toMatchObject([{ name: 'p', value: 'early' }])
  })

  test('SIGTERM to wait, again and again, does not stop the collecting', async () => {
    const template: Template = {
      container: { image: 'i' },
      outputs: { artifacts: [{ name: 'big', path: '/big' }] },
      archiveLocation: { s3: pod.s3('wf/step-1') },
    }
    expect((await pod.init(template)).exitCode).toBe(0)
    const { metadata } = await pod.api.api.list(resources.taskResults, 'argo')
    const running = pod.main(['sh', '-c', 'head -c 20000000 /dev/urandom > /big'])
    const waiting = pod.wait()
    // Its first call is a sign that its handler is there: before, SIGTERM ends any process.
    for await (const event of pod.api.api.watch(resources.taskResults, 'argo', {
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
    const archive = join(pod.folder, 'big.tgz')
    writeFileSync(archive, readFileSync(join(pod.box.volume('var-run-argo'), 'outputs/artifacts/big.tgz')))
    await unpack('tar', archive, join(pod.folder, 'big'))
    expect(readFileSync(join(pod.folder, 'big')).length).toBe(20_000_000)
  })
})
