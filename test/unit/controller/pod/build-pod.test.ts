// The pod of a node, rule by rule: its containers and commands; that whole pods equal Argo's is tested with recorded ones in
// test/pod.

import { describe, expect, test } from 'vitest'
import { build, mounts, named, variables, volumeNames } from '../../../rig/node-pod.ts'
import { container, executorImage, type PodInputParts } from '../../../rig/pod-input.ts'

describe('containers', () => {
  test('init, then wait before main, the command behind the executor', () => {
    const built = build({
      template: { container: container({ args: ['a b', ''] }) },
      executorLog: { level: 'debug', format: 'json' },
    })
    expect(built.pod.spec.initContainers?.map(({ name }) => name)).toEqual(['init'])
    expect(built.pod.spec.containers.map(({ name }) => name)).toEqual(['wait', 'main'])
    const log = ['--loglevel', 'debug', '--log-format', 'json', '--gloglevel', '0']
    expect(named(built, 'init').command).toEqual(['argoexec', 'init', ...log])
    expect(named(built, 'wait').command).toEqual(['argoexec', 'wait', ...log])
    expect(named(built, 'main').command).toEqual(['/var/run/argo/argoexec', 'emissary', ...log, '--', 'run'])
    expect(named(built, 'main').args).toEqual(['a b', ''])
  })

  test('a script runs its source as the last argument; without source it is a container', () => {
    const script = { image: 'sh', command: ['sh'], args: ['-e'], source: 'echo hi' }
    const built = build({ template: { script } })
    expect(named(built, 'main').args).toEqual(['-e', '/argo/staging/script'])
    expect('source' in named(built, 'main')).toBe(false)
    expect(mounts(built, 'init')).toContain('argo-staging /argo/staging')
    expect(mounts(built, 'main')).toContain('argo-staging /argo/staging')
    expect(mounts(built, 'wait')).toContain('argo-staging /mainctrfs/argo/staging')
    expect(named(build({ template: { script: { ...script, source: '' } } }), 'main').args).toEqual(['-e'])
  })

  test('image, resources, security and args of the configuration reach the executor containers only', () => {
    const executor = {
      args: ['--x'],
      env: [{ name: 'E', value: '1' }],
      resources: { limits: { cpu: '1' } },
      imagePullPolicy: 'Always',
      securityContext: { runAsNonRoot: true },
    }
    const built = build({ config: { executor, kubeConfig: { secretName: 's', secretKey: 'k' } } })
    for (const name of ['init', 'wait']) {
      const { image, args, resources, imagePullPolicy, securityContext } = named(built, name)
      expect({ image, args, resources, imagePullPolicy, securityContext }).toEqual({
        ...executor,
        env: undefined,
        image: executorImage,
        args: ['--x', '--kubeconfig=/kube/config'],
      })
      expect(variables(built, name)['E']).toBe('1')
      expect(mounts(built, name)[0]).toBe('kubeconfig /kube/config k ro')
    }
    expect(named(built, 'main').imagePullPolicy).toBeUndefined()
    expect(volumeNames(built)[0]).toBe('kubeconfig')
    expect(
      named(build({ config: { executor }, executorImagePullPolicy: 'Never' }), 'wait').imagePullPolicy,
    ).toBe('Never')
  })

  test('defaults of the main container lie under the template', () => {
    const mainContainer = {
      imagePullPolicy: 'Always',
      env: [
        { name: 'A', value: 'default' },
        { name: 'B', value: 'default' },
      ],
      resources: { requests: { cpu: '1', memory: '1Gi' } },
    }
    const built = build({
      config: { mainContainer },
      template: {
        container: container({ env: [{ name: 'A', value: 'own' }], resources: { requests: { cpu: '2' } } }),
      },
    })
    const main = named(built, 'main')
    expect(main.env?.slice(0, 2)).toEqual([
      { name: 'A', value: 'own' },
      { name: 'B', value: 'default' },
    ])
    expect(main.resources).toEqual({ requests: { cpu: '2', memory: '1Gi' } })
    expect(main.imagePullPolicy).toBe('Always')
  })

  test('a main that uses the executor image gets a /tmp of its own', () => {
    expect(mounts(build({ template: { container: container({ image: executorImage }) } }), 'main')).toContain(
      'tmp-dir-argo /tmp 1',
    )
    expect(mounts(build(), 'main')).toEqual(['var-run-argo /var/run/argo'])
  })
})

describe('the command of an image', () => {
  const images = { 'example.com/tool': { entrypoint: ['tool', '-v'], cmd: ['help'] } }
  const bare = { image: 'example.com/tool' }

  test('comes from the configuration, arguments only where the template has none', () => {
    expect(named(build({ config: { images }, template: { container: bare } }), 'main')).toMatchObject({
      args: ['help'],
    })
    expect(
      named(build({ config: { images }, template: { container: bare } }), 'main').command?.slice(-3),
    ).toEqual(['--', 'tool', '-v'])
    expect(
      named(build({ config: { images }, template: { container: { ...bare, args: ['x'] } } }), 'main').args,
    ).toEqual(['x'])
    expect(
      named(build({ config: { images }, template: { container: { ...bare, args: [] } } }), 'main').args,
    ).toBeUndefined()
  })

  test.for([['example.com/other'], ['constructor'], ['']])('%s is not listed: says so', ([image]) => {
    expect(() => build({ config: { images }, template: { container: { image: image ?? '' } } })).toThrow(
      `failed to look-up entrypoint/cmd for image "${image}", you must either explicitly specify the command, or list the image's command in the index: `,
    )
  })
})

describe('service accounts', () => {
  test('template before workflow; a token of its own for the executor', () => {
    expect(build({ spec: { serviceAccountName: 'w' } }).pod.spec.serviceAccountName).toBe('w')
    const built = build({
      spec: { serviceAccountName: 'w', executor: { serviceAccountName: 'e' } },
      template: { serviceAccountName: 't', automountServiceAccountToken: false, container: container() },
    })
    expect(built.pod.spec).toMatchObject({ serviceAccountName: 't', automountServiceAccountToken: false })
    expect(built.pod.spec.volumes).toContainEqual({
      name: 'exec-sa-token',
      secret: { secretName: 'e.service-account-token' },
    })
    for (const name of ['init', 'wait'])
      expect(mounts(built, name)[0]).toBe('exec-sa-token /var/run/secrets/kubernetes.io/serviceaccount ro')
    expect(mounts(built, 'main')).toEqual(['var-run-argo /var/run/argo'])
  })

  test('no token for anybody is an error', () => {
    expect(() => build({ spec: { automountServiceAccountToken: false } })).toThrow(
      'executor.serviceAccountName must not be empty if automountServiceAccountToken is false',
    )
    expect(build({ spec: { automountServiceAccountToken: true } }).pod.spec).not.toHaveProperty(
      'automountServiceAccountToken',
    )
  })
})

describe('what is too large for a process', () => {
  const large = 'ü'.repeat(131_072 / 2)

  test('template and arguments go into one ConfigMap', () => {
    const built = build({ template: { name: 'step', container: container({ args: [large] }) } })
    expect(variables(built, 'init')['ARGO_TEMPLATE']).toBe('offloaded')
    expect(named(built, 'main').args).toBeUndefined()
    expect(variables(built, 'main')['ARGO_CONTAINER_ARGS_FILE']).toBe('/argo/config/ARGO_CONTAINER_ARGS_FILE')
    expect(built.configMap).toMatchObject({
      metadata: { name: 'wf-step-7', namespace: 'ns', labels: { 'workflows.argoproj.io/workflow': 'wf' } },
      data: { ARGO_CONTAINER_ARGS_FILE: JSON.stringify([large]) },
    })
    expect(JSON.parse(built.configMap?.data['ARGO_TEMPLATE'] ?? '')).toMatchObject({
      container: { args: [large] },
    })
    expect(built.configMap?.metadata.ownerReferences).toEqual(built.pod.metadata.ownerReferences)
    expect(volumeNames(built)).toContain('argo-env-config')
    for (const name of ['init', 'wait', 'main'])
      expect(mounts(built, name)).toContain('argo-env-config /argo/config')
  })

  test('only what is above the limit', () => {
    const fits = 131_072 - JSON.stringify(['']).length
    const script = (size: number): PodInputParts => ({
      template: { script: { image: 'i', command: ['sh'], source: 'x'.repeat(size) } },
    })
    expect(build(script(130_000)).configMap).toBeUndefined()
    expect(Object.keys(build(script(131_072)).configMap?.data ?? {})).toEqual(['ARGO_TEMPLATE'])
    const frame = String(variables(build(script(1)), 'init')['ARGO_TEMPLATE']).length - 1
    const fitting = 131_072 - 'ARGO_TEMPLATE='.length - 1 - frame
    expect(build(script(fitting)).configMap).toBeUndefined()
    expect(build(script(fitting + 1)).configMap).toBeDefined()
    expect(
      build({ template: { container: container({ args: ['x'.repeat(fits)] }) } }).configMap?.data,
    ).not.toHaveProperty('ARGO_CONTAINER_ARGS_FILE')
    expect(
      build({ template: { container: container({ args: ['x'.repeat(fits + 1)] }) } }).configMap?.data,
    ).toHaveProperty('ARGO_CONTAINER_ARGS_FILE')
    expect(build().configMap).toBeUndefined()
  })
})
