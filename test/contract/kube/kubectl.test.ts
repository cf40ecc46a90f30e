// The real kubectl against the embedded API: the judge that is not our own client.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resources, type KubeObject } from '../../../src/kube/api.ts'
import { openLocalApi, type RunningLocalApi } from '../../rig/kube-apis.ts'
import { describeNeeding } from '../../rig/needs.ts'

/** Whichever kubectl is here, its age is not the point. */
const complaints = ({ stderr }: Outcome): string =>
  String(stderr).includes('version difference between client') ? '' : String(stderr)

interface Outcome {
  readonly exitCode?: number | undefined
  readonly stdout: unknown
  readonly stderr: unknown
}

describeNeeding({ programs: ['kubectl'] }, 'kubectl', () => {
  let local: RunningLocalApi
  let followed: PromiseWithResolvers<void>

  beforeAll(async () => {
    followed = Promise.withResolvers()
    local = await openLocalApi({
      log: async function* ({ follow, tailLines }) {
        yield Buffer.from(tailLines === 1 ? 'two\n' : 'one\ntwo\n')
        if (!follow) return
        await followed.promise
        yield Buffer.from('three\n')
      },
      exec: ({ command }) =>
        Promise.resolve({
          exitCode: command[0] === 'false' ? 3 : 0,
          stdout: `${command.join(' ')}\n`,
          stderr: 'to stderr\n',
        }),
    })
    local.writeKubeconfig(join(local.dir, 'kubeconfig'))
    mkdirSync(join(local.dir, 'home'))
  })
  afterAll(async () => {
    await local[Symbol.asyncDispose]()
  })

  const options = (input?: unknown) => ({
    env: { KUBECONFIG: join(local.dir, 'kubeconfig'), HOME: join(local.dir, 'home') },
    reject: false as const,
    ...(input === undefined ? {} : { input: typeof input === 'string' ? input : JSON.stringify(input) }),
  })
  const run = async (words: string, input?: unknown): Promise<Outcome> =>
    execa('kubectl', words.split(' '), options(input))
  const ok = async (words: string, input?: unknown): Promise<string> => {
    const result = await run(words, input)
    expect(`${String(result.exitCode)} ${complaints(result)}`).toBe('0 ')
    return String(result.stdout)
  }

  const pod = (name: string): KubeObject & { spec: unknown } => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web' } },
    spec: { containers: [{ name: 'main', image: 'busybox', command: ['true'] }] },
  })
  const workflow = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { generateName: 'wf-' },
    spec: { entrypoint: 'x' },
  }

  test('discovery', async () => {
    const listed = (await ok('api-resources -o name')).split('\n').toSorted()
    expect(listed).toContain('workflows.argoproj.io')
    expect(listed).toContain('pods')
    expect(await ok('version -o json')).toContain('argo-embedded')
    expect(await ok('get ns -o name')).toBe('namespace/argo\nnamespace/default')
  })

  test('create, get, label selectors, yaml, describe', async () => {
    expect(await ok('create -f -', pod('a'))).toBe('pod/a created')
    expect(await ok('create -f -', workflow)).toMatch(/^workflow.argoproj.io\/wf-[a-z0-9]{5} created$/)
    expect(await ok('get po -l app=web -o name')).toBe('pod/a')
    expect(await ok('get pods -l app!=web -o name')).toBe('')
    expect(await ok('get pods -A')).toMatch(
      /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE\ndefault +a +0\/1 +Pending +0 +\d+s$/,
    )
    expect(await ok('get pod a --show-labels')).toMatch(/ LABELS\na .* app=web$/)
    expect(await ok('get wf')).toMatch(/^NAME +STATUS +PROGRESS +AGE +MESSAGE\nwf-\w{5} +\d+s *$/)
    expect(await ok('get wf -o jsonpath={.items[0].spec.entrypoint}')).toBe('x')
    expect(await ok('get pod a -o yaml')).toContain('command:\n    - "true"')
    const { metadata } = await local.api.get(resources.pods, 'default', 'a')
    const event: KubeObject & Record<string, unknown> = {
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'a', uid: metadata.uid },
      reason: 'Started',
      message: 'it began',
      type: 'Normal',
    }
    await local.api.create(resources.events, 'default', event)
    const described = await ok('describe pod a')
    expect(described).toContain('Image:      busybox')
    expect(described).toContain('it began')
    expect(await ok('describe wf')).toContain('Kind:         Workflow')
    expect((await run('get pod none')).stderr).toContain('pods "none" not found')
    expect((await run('create -f -', pod('a'))).stderr).toContain('pods "a" already exists')
  })

  test('what kubectl sends as protobuf', async () => {
    await ok('create configmap c --from-literal=a=1 --from-literal=b=ö')
    await ok('create secret generic s --from-literal=password=geheim')
    await ok('create serviceaccount robot')
    await ok('create namespace team')
    expect(await ok('get cm c -o jsonpath={.data}')).toBe('{"a":"1","b":"ö"}')
    expect(await ok('get secret s -o jsonpath={.type}/{.data.password}')).toBe(
      `Opaque/${Buffer.from('geheim').toString('base64')}`,
    )
    expect(await ok('get sa,ns -o name')).toContain('serviceaccount/robot')
  })

  test('patch in its three types, label, annotate, apply, replace, edit by --subresource', async () => {
    await ok('create -f -', pod('p'))
    await ok('patch pod p -p {"metadata":{"labels":{"x":"1"}}}')
    await ok('patch pod p --type merge -p {"metadata":{"labels":{"x":"2"}}}')
    await ok('patch pod p --type json -p [{"op":"add","path":"/metadata/labels/y","value":"3"}]')
    await ok('label pod p z=4')
    await ok('annotate pod p note=5')
    await ok('patch pod p --subresource status --type merge -p {"status":{"phase":"Running"}}')
    expect(await ok('get pod p -o jsonpath={.metadata.labels}{.metadata.annotations}{.status.phase}')).toBe(
      '{"app":"web","x":"2","y":"3","z":"4"}{"note":"5"}Running',
    )
    const map = (a: string): unknown => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'applied' },
      data: { a },
    })
    expect(await ok('apply -f -', map('1'))).toBe('configmap/applied created')
    expect(await ok('apply -f -', map('2'))).toBe('configmap/applied configured')
    expect(await ok('apply -f -', map('2'))).toBe('configmap/applied unchanged')
    expect(await ok('replace -f -', map('3'))).toBe('configmap/applied replaced')
    expect((await run('patch wf none -p {}')).stderr).not.toBe('')
  })

  test('logs, logs -f, exec', async () => {
    await ok('create -f -', pod('l'))
    expect(await ok('logs l')).toBe('one\ntwo')
    expect(await ok('logs l --tail 1 -c main')).toBe('two')
    const following = execa('kubectl', ['logs', '-f', 'l'], options())
    let first = true
    for await (const line of following.iterable()) {
      if (first) expect(line).toBe('one')
      first = false
      followed.resolve()
    }
    expect((await following).stdout).toBe('one\ntwo\nthree')
    const exec = await run('exec l -- echo hi')
    expect([exec.exitCode, exec.stdout, exec.stderr]).toEqual([0, 'echo hi', 'to stderr'])
    expect((await run('exec l -- false')).exitCode).toBe(3)
    expect((await run('exec none -- true')).stderr).toContain('pods "none" not found')
  })

  test('get -w, wait --for=jsonpath, delete', async () => {
    await ok('create -f -', pod('w'))
    // As a list: of a single object kubectl swallows what changes between its look and its watch.
    const watching = execa(
      'kubectl',
      ['get', 'pods', '--field-selector', 'metadata.name=w', '-w', '-o', 'jsonpath={.status.phase}{"\\n"}'],
      options(),
    )
    const waiting = run('wait --for=jsonpath={.status.phase}=Succeeded pod/w --timeout=20s')
    const phases: string[] = []
    for await (const line of watching.iterable()) {
      phases.push(String(line))
      const next = { Pending: 'Running', Running: 'Succeeded' }[String(line)]
      if (next === undefined) watching.kill()
      else
        await local.api.patch(
          resources.pods,
          'default',
          'w',
          'merge',
          { status: { phase: next } },
          { subresource: 'status' },
        )
    }
    await watching
    expect(phases).toEqual(['Pending', 'Running', 'Succeeded'])
    expect((await waiting).stdout).toContain('condition met')
    expect(await ok('delete pod w')).toContain('deleted')
    expect(await ok('delete wf --all')).toContain('deleted')
    expect(await ok('get wf -o name')).toBe('')
    await ok('delete pod -l app=web')
  })
})
