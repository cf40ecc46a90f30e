// Commands in and logs of a real container: our side of the remote-command protocol against the kubelet's.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { resources, type KubeObject } from '../../src/kube/api.ts'
import { kubeApis, type OpenApi } from '../rig/kube-apis.ts'
import { describeNeeding } from '../rig/needs.ts'

interface Pod extends KubeObject {
  readonly spec: unknown
  readonly status?: { readonly phase?: string }
}

describeNeeding({ cluster: true }, 'a pod on a real cluster', () => {
  let open: OpenApi

  beforeAll(async () => {
    const cluster = kubeApis.find(({ needs }) => needs.cluster === true)
    if (cluster === undefined) throw new Error('the table of APIs names no cluster')
    open = await cluster.open()
    const command = [
      'sh',
      '-c',
      'trap "echo stopped; exit 0" TERM; echo started; while :; do sleep 0.1; done',
    ]
    const pod: Pod = {
      metadata: { name: 'p' },
      spec: {
        terminationGracePeriodSeconds: 3,
        containers: [{ name: 'main', image: 'busybox:latest', imagePullPolicy: 'Never', command }],
      },
    }
    const created = await open.api.create(resources.pods, open.namespace, pod)
    const resourceVersion = created.metadata.resourceVersion ?? ''
    for await (const event of open.api.watch<Pod>(resources.pods, open.namespace, {
      resourceVersion,
      timeoutSeconds: 60,
    })) {
      if (event.type === 'MODIFIED' && event.object.status?.phase === 'Running') break
    }
  })
  afterAll(async () => {
    await open[Symbol.asyncDispose]()
  })

  const exec = (...command: readonly string[]): ReturnType<OpenApi['api']['exec']> =>
    open.api.exec(open.namespace, 'p', 'main', command)

  test('output, errors and exit code', async () => {
    expect(await exec('sh', '-c', 'echo out; echo err >&2; exit 3')).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    })
    expect(await exec('true')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  test('words go over as they are, much output comes whole', async () => {
    expect((await exec('printf', '%s|', 'a b', '', 'ü&x=1', '"$HOME"')).stdout).toBe('a b||ü&x=1|"$HOME"|')
    const large = await exec('sh', '-c', 'yes 0123456789 | head -c 3000000')
    expect(large.stdout.length).toBe(3_000_000)
  })

  test('what cannot be run is refused', async () => {
    await expect(exec('/no/such/program')).rejects.toThrow('no such file')
    await expect(open.api.exec(open.namespace, 'p', 'nobody', ['true'])).rejects.toMatchObject({
      status: { code: 400 },
    })
    await expect(open.api.exec(open.namespace, 'none', 'main', ['true'])).rejects.toMatchObject({
      code: 'ERR_NOT_FOUND',
    })
  })

  test('a caller that gives up', async () => {
    const stop = new AbortController()
    const running = open.api.exec(open.namespace, 'p', 'main', ['sleep', '60'], { signal: stop.signal })
    const other = exec('true').then(() => {
      stop.abort(new Error('given up'))
    })
    await expect(running).rejects.toThrow('given up')
    await other
  })

  test('a log that is followed ends with its container', async () => {
    let text = ''
    for await (const chunk of open.api.log(open.namespace, 'p', { container: 'main', follow: true })) {
      if (text === '') await exec('kill', '-TERM', '1')
      text += Buffer.from(chunk).toString()
    }
    expect(text).toBe('started\nstopped\n')
  })
})
