// The laptop's kubelet with real containers: what a pod asks for, what its status says, how it ends.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resources } from '../../src/kube/api.ts'
import { podResource, type ContainerState, type Pod, type PodContainer } from '../../src/local/engine/pod.ts'
import { namespace, openEngineRig } from '../rig/engine-rig.ts'
import { describeNeeding } from '../rig/needs.ts'

const shell = (name: string, script: string, more: Partial<PodContainer> = {}): PodContainer => ({
  name,
  image: 'busybox',
  command: ['sh', '-c', script],
  ...more,
})
const hasEnded = (pod: Pod | undefined): boolean =>
  pod?.status?.phase === 'Succeeded' || pod?.status?.phase === 'Failed'
const stateOf = (pod: Pod | undefined, name: string): ContainerState | undefined =>
  [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])].find(
    (status) => status.name === name,
  )?.state
const isRunning =
  (name: string) =>
  (pod: Pod | undefined): boolean =>
    'running' in (stateOf(pod, name) ?? {})

describeNeeding({ namespaces: true }, 'a pod on a laptop', () => {
  test(
    'init containers run in order, then all others together; each tells code, reason and last words',
    { timeout: 30_000 },
    async () => {
      await using rig = await openEngineRig()
      const volumeMounts = [{ name: 'shared', mountPath: '/shared' }]
      await rig.create('order', {
        volumes: [{ name: 'shared', emptyDir: {} }],
        initContainers: [
          shell('first', 'echo 1 > /shared/order', { volumeMounts }),
          shell('second', 'echo 2 >> /shared/order', { volumeMounts }),
        ],
        containers: [
          shell(
            'main',
            'mkfifo /shared/meet; read word < /shared/meet; echo "$word"; echo why > /dev/termination-log; exit 3',
            { volumeMounts },
          ),
          shell(
            'other',
            'while ! test -p /shared/meet; do sleep 0.01; done; tr "\\n" " " < /shared/order > /shared/meet',
            { volumeMounts },
          ),
        ],
      })
      const pod = await rig.until('order', hasEnded)
      expect(pod?.status?.phase).toBe('Failed')
      expect(stateOf(pod, 'main')).toMatchObject({
        terminated: { exitCode: 3, reason: 'Error', message: 'why\n' },
      })
      expect(stateOf(pod, 'other')).toMatchObject({ terminated: { exitCode: 0, reason: 'Completed' } })
      expect(await rig.log('order', 'main')).toBe('1 2\n')
      await rig.engine.close(0)
      expect(readdirSync(join(rig.folder, 'pods'))).toEqual([])
    },
  )

  test('a failing init container ends the pod', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    await rig.create('init', {
      initContainers: [shell('init', 'exit 64')],
      containers: [shell('main', 'echo never')],
    })
    const pod = await rig.until('init', hasEnded)
    expect(pod?.status?.phase).toBe('Failed')
    expect(stateOf(pod, 'main')).toEqual({ waiting: { reason: 'PodInitializing' } })
  })

  test('variables and files come from fields, ConfigMaps and Secrets', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    const api = rig.api
    await api.create(resources.configMaps, namespace, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm' },
      data: { key: 'from-map', 'a.txt': 'file' },
    } as never)
    await api.create(resources.secrets, namespace, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'se' },
      data: { pass: Buffer.from('word').toString('base64') },
    } as never)
    await rig.create('env', {
      volumes: [
        {
          name: 'all',
          projected: {
            sources: [
              { configMap: { name: 'cm' } },
              { secret: { name: 'se', items: [{ key: 'pass', path: 'deep/pass' }] } },
            ],
          },
        },
        {
          name: 'facts',
          downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] },
        },
        { name: 'claim', persistentVolumeClaim: { claimName: 'kept' } },
      ],
      containers: [
        shell(
          'main',
          'echo "$POD $MAP $SECRET $PRE_key $BOTH"; cat /all/a.txt /all/deep/pass /facts/name; touch /all/x || echo read-only; echo k > /claim/kept',
          {
            env: [
              { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              { name: 'MAP', valueFrom: { configMapKeyRef: { name: 'cm', key: 'key' } } },
              { name: 'SECRET', valueFrom: { secretKeyRef: { name: 'se', key: 'pass' } } },
              { name: 'NONE', valueFrom: { secretKeyRef: { name: 'absent', key: 'pass', optional: true } } },
              { name: 'BOTH', value: '$(POD)-$(MAP)-$$(POD)' },
            ],
            envFrom: [{ prefix: 'PRE_', configMapRef: { name: 'cm' } }],
            volumeMounts: [
              { name: 'all', mountPath: '/all' },
              { name: 'facts', mountPath: '/facts' },
              { name: 'claim', mountPath: '/claim' },
            ],
          },
        ),
      ],
    })
    const pod = await rig.until('env', hasEnded)
    expect(pod?.status?.phase, await rig.log('env', 'main')).toBe('Succeeded')
    const log = await rig.log('env', 'main')
    expect(log).toContain('env from-map word from-map env-from-map-$(POD)\n')
    expect(log).toContain('filewordenv')
    expect(log).toContain('read-only')
    expect(readFileSync(join(rig.folder, 'claims/default/kept/kept'), 'utf8')).toBe('k\n')
  })

  test('a missing Secret ends the pod with its name', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    await rig.create('missing', {
      containers: [shell('main', 'true', { envFrom: [{ secretRef: { name: 'absent' } }] })],
    })
    expect((await rig.until('missing', hasEnded))?.status?.message).toContain('secret "absent" not found')
  })

  test('a volume below a folder of the system', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    writeFileSync(join(rig.folder, 'file'), 'mine')
    await rig.create('etc', {
      volumes: [{ name: 'file', hostPath: { path: join(rig.folder, 'file') } }],
      containers: [
        shell('main', 'cat /etc/argo-test/deep/file; head -c 4 /etc/passwd; test -d /usr/bin', {
          volumeMounts: [{ name: 'file', mountPath: '/etc/argo-test/deep/file', readOnly: true }],
        }),
      ],
    })
    expect((await rig.until('etc', hasEnded))?.status?.phase).toBe('Succeeded')
    expect(await rig.log('etc', 'main')).toBe('mineroot')
  })

  test('deletion: SIGTERM, and SIGKILL after the grace period', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    await rig.create('deaf', {
      terminationGracePeriodSeconds: 1,
      containers: [shell('main', 'trap "echo told" TERM; echo ready; while :; do sleep 100 & wait; done')],
    })
    await rig.until('deaf', isRunning('main'))
    for await (const chunk of rig.api.log(namespace, 'deaf', { container: 'main', follow: true }))
      if (String(chunk).includes('ready')) break
    await rig.api.delete(podResource, namespace, 'deaf')
    await rig.until('deaf', (pod) => pod === undefined)
    expect(readFileSync(join(rig.folder, 'logs/deaf/main.log'), 'utf8')).toBe('ready\ntold\n')
  })

  test('a second deletion shortens the grace period of the first', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    await rig.create('deaf', {
      terminationGracePeriodSeconds: 600,
      containers: [shell('main', 'trap "echo told" TERM; echo ready; while :; do sleep 100 & wait; done')],
    })
    await rig.until('deaf', isRunning('main'))
    const log = rig.api.log(namespace, 'deaf', { container: 'main', follow: true })
    for await (const chunk of log) {
      if (String(chunk).includes('ready')) await rig.api.delete(podResource, namespace, 'deaf')
      if (String(chunk).includes('told'))
        await rig.api.delete(podResource, namespace, 'deaf', { gracePeriodSeconds: 1 })
    }
    await rig.until('deaf', (pod) => pod === undefined)
  })

  test(
    'a container that cannot be started takes with it those that are being started',
    { timeout: 30_000 },
    async () => {
      await using rig = await openEngineRig()
      const ghost = [{ name: 'ghost', mountPath: '/ghost' }]
      // Many folders to make: this container is still being prepared when the first one has failed.
      const many = Array.from({ length: 20 }, (_, index) => ({
        name: 'v',
        mountPath: `/v${index}`,
        subPath: `${index}`,
      }))
      await rig.create('half', {
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          shell('main', 'true', { volumeMounts: ghost }),
          shell('other', 'sleep 1000', { volumeMounts: many }),
        ],
      })
      const pod = await rig.until('half', hasEnded)
      expect(pod?.status).toMatchObject({ phase: 'Failed', reason: 'StartError' })
      expect(pod?.status?.message).toContain('ghost')
    },
  )

  test('the end of a log, each line with its time', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    const before = Date.now()
    await rig.create('lines', { containers: [shell('main', 'echo one; echo two; printf three')] })
    const pod = await rig.until('lines', hasEnded)
    const chunks: Uint8Array[] = []
    for await (const chunk of rig.engine.hooks.log({
      namespace,
      pod: 'lines',
      podUid: pod?.metadata.uid ?? '',
      container: 'main',
      follow: true,
      tailLines: 2,
      timestamps: true,
      signal: AbortSignal.timeout(10_000),
    }))
      chunks.push(chunk)
    const lines = Buffer.concat(chunks).toString().split('\n')
    expect(lines.map((line) => line.split(' ')[1])).toEqual(['two', 'three'])
    for (const line of lines) expect(Date.parse(line.split(' ')[0] ?? '')).toBeGreaterThanOrEqual(before)
  })

  test('a pod that runs for too long', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    await rig.create('long', {
      activeDeadlineSeconds: 1,
      terminationGracePeriodSeconds: 0,
      containers: [shell('main', 'sleep 1000')],
    })
    const pod = await rig.until('long', hasEnded)
    expect(pod?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
    expect(stateOf(pod, 'main')).toMatchObject({ terminated: { exitCode: 137 } })
  })

  test('commands in a container: signals, and programs inside its view', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    await rig.create('exec', {
      containers: [
        shell('main', 'trap "echo usr1; exit 9" USR1; echo mine > /tmp/mine; echo ready; sleep 1000 & wait'),
      ],
    })
    await rig.until('exec', isRunning('main'))
    for await (const chunk of rig.api.log(namespace, 'exec', { container: 'main', follow: true }))
      if (String(chunk).includes('ready')) break
    const seen = await rig.api.exec(namespace, 'exec', 'main', ['cat', '/tmp/mine'])
    expect(seen).toMatchObject({ exitCode: 0, stdout: 'mine\n' })
    expect(existsSync('/tmp/mine')).toBe(false)
    expect((await rig.api.exec(namespace, 'exec', 'main', ['sh', '-c', 'exit 4'])).exitCode).toBe(4)
    await rig.api.exec(namespace, 'exec', 'main', ['/var/run/argo/argoexec', 'kill', '10', '1'])
    expect(stateOf(await rig.until('exec', hasEnded), 'main')).toMatchObject({ terminated: { exitCode: 9 } })
  })

  test(
    'a container with a terminal of its own: job control, every byte of its output',
    { timeout: 30_000 },
    async () => {
      await using rig = await openEngineRig()
      const script =
        'test -t 0 && test -t 1 && test -t 2 || exit 9; echo "$TERM"; echo tty > /dev/tty; echo again > /dev/stderr; seq 1 30000'
      await rig.create('tty', { containers: [shell('main', script, { tty: true })] })
      expect((await rig.until('tty', hasEnded))?.status?.phase).toBe('Succeeded')
      const lines = (await rig.log('tty', 'main')).split('\r\n')
      expect(lines.slice(0, 4)).toEqual(['xterm', 'tty', 'again', '1'])
      expect(lines.slice(-3)).toEqual(['29999', '30000', ''])
      expect(lines.length).toBe(30_004)
    },
  )

  test('a pod for another processor waits, and can be deleted', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    const nodeSelector = { 'kubernetes.io/arch': 'none' }
    await rig.create('elsewhere', { nodeSelector, containers: [shell('main', 'true')] })
    const pod = await rig.until('elsewhere', (one) => (one?.status?.conditions?.length ?? 0) > 0)
    expect(pod?.status).toMatchObject({ phase: 'Pending', conditions: [{ reason: 'Unschedulable' }] })
    await rig.api.delete(podResource, namespace, 'elsewhere')
    await rig.until('elsewhere', (one) => one === undefined)
  })

  test('output can be opened again by its name in /dev', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    await rig.create('dev', {
      containers: [
        shell('main', 'echo one > /dev/stdout; echo two > /dev/stderr; echo three | tee /dev/stderr'),
      ],
    })
    await rig.until('dev', hasEnded)
    expect(await rig.log('dev', 'main')).toBe('one\ntwo\nthree\nthree\n')
  })
})

describeNeeding({ root: true }, 'a pod of root on a laptop', () => {
  test('runs as the user that it asks for', { timeout: 30_000 }, async () => {
    await using rig = await openEngineRig()
    await rig.create('user', {
      securityContext: { runAsUser: 1234, runAsGroup: 5678, fsGroup: 42 },
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [
        shell(
          'main',
          'id -u; id -g; id -G; echo x > /v/x; echo > /dev/termination-log; echo err > /dev/stderr',
          { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
        ),
      ],
    })
    const pod = await rig.until('user', hasEnded)
    expect(await rig.log('user', 'main')).toBe('1234\n5678\n5678 42\nerr\n')
    expect(pod?.status?.phase).toBe('Succeeded')
  })
})
