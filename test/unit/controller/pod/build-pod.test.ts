// The pod of a node, rule by rule; that whole pods equal Argo's is tested with recorded ones in test/pod.

import { describe, expect, test } from 'vitest'
import { buildPod, type BuiltPod } from '../../../../src/controller/pod/build-pod.ts'
import type { Container, S3Bucket, Template, VolumeMount } from '../../../../src/spec/types.ts'
import { container, executorImage, podInput, type PodInputParts } from '../../../rig/pod-input.ts'

const bucket: S3Bucket = {
  endpoint: 's3:9000',
  bucket: 'b',
  accessKeySecret: { name: 'cred', key: 'access' },
  secretKeySecret: { name: 'cred', key: 'secret' },
}

function build(parts: PodInputParts = {}): BuiltPod {
  const built = buildPod(podInput(parts))
  if (built === undefined) throw new Error('no pod was built')
  return built
}

function named({ pod }: BuiltPod, name: string): Container {
  const found = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((one) => one.name === name)
  if (found === undefined) throw new Error(`the pod has no container ${name}`)
  return found
}

function mounts(built: BuiltPod, name: string): readonly string[] {
  return (named(built, name).volumeMounts ?? []).map(
    ({ name: volume, mountPath, subPath, readOnly }: VolumeMount) =>
      `${volume} ${mountPath}${subPath === undefined ? '' : ` ${subPath}`}${readOnly ? ' ro' : ''}`,
  )
}

function variables(built: BuiltPod, name: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (named(built, name).env ?? []).map((entry) => [entry['name'] as string, entry['value']]),
  )
}

function template(built: BuiltPod): Template {
  return JSON.parse(String(variables(built, 'init')['ARGO_TEMPLATE'])) as Template
}

function volumeNames({ pod }: BuiltPod): readonly string[] {
  return (pod.spec.volumes ?? []).map(({ name }) => name)
}

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

describe('artifacts', () => {
  const inputs = { artifacts: [{ name: 'in', path: '/in/data/', s3: { key: 'k' } }] }

  test('the worked example: one input, one output, one volume', () => {
    const built = build({
      spec: {
        volumes: [
          { name: 'ws', emptyDir: {} },
          { name: 'unused', emptyDir: {} },
        ],
      },
      template: {
        inputs,
        outputs: { artifacts: [{ name: 'out', path: '/out/x' }] },
        container: container({ volumeMounts: [{ name: 'ws', mountPath: '/work', readOnly: true }] }),
      },
      artifactRepository: { s3: bucket },
    })
    expect(volumeNames(built)).toEqual(['var-run-argo', 'tmp-dir-argo', 'ws', 'cred', 'input-artifacts'])
    expect(mounts(built, 'init')).toEqual([
      'cred /argo/secret/cred ro',
      'input-artifacts /argo/inputs/artifacts',
      'ws /mainctrfs/work ro',
      'var-run-argo /var/run/argo',
    ])
    expect(mounts(built, 'wait')).toEqual([
      'cred /argo/secret/cred ro',
      'ws /mainctrfs/work',
      'input-artifacts /mainctrfs/in/data in',
      'tmp-dir-argo /tmp 0',
      'var-run-argo /var/run/argo',
    ])
    expect(mounts(built, 'main')).toEqual([
      'ws /work ro',
      'input-artifacts /in/data in',
      'var-run-argo /var/run/argo',
    ])
    expect(template(built).archiveLocation).toEqual({
      archiveLogs: false,
      s3: { ...bucket, key: 'wf/wf-step-7' },
    })
  })

  test('no mount for an optional one that is not there, nor for one inside a volume', () => {
    const artifacts = [
      { name: 'a', path: '/a', optional: true },
      { name: 'b', path: '/vol/b', s3: { key: 'k' } },
      { name: 'c', path: '/volume', s3: { key: 'k' } },
      { name: 'd', path: '/vol', s3: { key: 'k' } },
    ]
    const built = build({
      spec: { volumes: [{ name: 'v' }] },
      template: {
        inputs: { artifacts },
        container: container({ volumeMounts: [{ name: 'v', mountPath: '/vol/' }] }),
      },
    })
    expect(mounts(built, 'main')).toEqual([
      'v /vol/',
      'input-artifacts /volume c',
      'var-run-argo /var/run/argo',
    ])
    expect(mounts(built, 'init')).toContain('v /mainctrfs/vol')
  })

  test.for([
    [undefined, "error in inputs.artifacts.in: Artifact 'in' did not specify a path"],
    [
      '/tmp/../etc/passwd',
      "error in inputs.artifacts.in: Artifact 'in' attempted to use a path containing '..'. Directory traversal is not permitted",
    ],
    [
      '/tmp/x/..',
      "error in inputs.artifacts.in: Artifact 'in' attempted to use a path containing '..'. Directory traversal is not permitted",
    ],
  ] as const)('path %s is refused', ([path, message]) => {
    const artifact = { name: 'in', s3: { key: 'k' }, ...(path === undefined ? {} : { path }) }
    expect(() => build({ template: { inputs: { artifacts: [artifact] }, container: container() } })).toThrow(
      message,
    )
  })

  test('a path may climb inside its own folder', () => {
    const artifacts = [{ name: 'in', path: '/tmp/safe/x/../../safe/y', s3: { key: 'k' } }]
    expect(() => build({ template: { inputs: { artifacts }, container: container() } })).toThrow(
      'Directory traversal',
    )
    const inside = [{ name: 'in', path: '/tmp/safe/../safe2', s3: { key: 'k' } }]
    expect(() => build({ template: { inputs: { artifacts: inside }, container: container() } })).toThrow(
      'Directory traversal',
    )
    const within = [{ name: 'in', path: '/tmp/../tmp/y', s3: { key: 'k' } }]
    expect(
      mounts(build({ template: { inputs: { artifacts: within }, container: container() } }), 'main'),
    ).toContain('input-artifacts /tmp/y in')
  })

  test('one volume for each Secret with the keys in use, also those of HTTP and customer keys', () => {
    const s3 = {
      ...bucket,
      key: 'k',
      encryptionOptions: {
        enableEncryption: true,
        serverSideCustomerKeySecret: { name: 'cred', key: 'sse' },
      },
    }
    const http = {
      url: 'http://x',
      auth: {
        basicAuth: { usernameSecret: { name: 'web', key: 'u' }, passwordSecret: { name: 'web', key: 'p' } },
      },
    }
    const built = build({
      template: {
        inputs: { artifacts: [{ name: 'h', path: '/h', http }] },
        outputs: { artifacts: [{ name: 'o', path: '/o', s3 }] },
        container: container(),
      },
    })
    expect(built.pod.spec.volumes?.filter(({ secret }) => secret !== undefined)).toEqual([
      {
        name: 'cred',
        secret: {
          secretName: 'cred',
          items: [
            { key: 'access', path: 'access' },
            { key: 'secret', path: 'secret' },
            { key: 'sse', path: 'sse' },
          ],
        },
      },
      {
        name: 'web',
        secret: {
          secretName: 'web',
          items: [
            { key: 'u', path: 'u' },
            { key: 'p', path: 'p' },
          ],
        },
      },
    ])
    const { encryptionOptions: _off, ...plain } = s3
    const off = { ...plain, encryptionOptions: { ...s3.encryptionOptions, enableEncryption: false } }
    expect(
      JSON.stringify(
        build({
          template: { outputs: { artifacts: [{ name: 'o', path: '/o', s3: off }] }, container: container() },
        }).pod.spec.volumes,
      ),
    ).not.toContain('sse')
  })

  test('a Secret that cannot give its name to a volume is mounted all the same', () => {
    const of = (name: string): PodInputParts => ({
      spec: { volumes: [{ name: 'taken', emptyDir: {} }] },
      template: {
        outputs: {
          artifacts: [
            { name: 'o', path: '/o', s3: { ...bucket, key: 'k', accessKeySecret: { name, key: 'a' } } },
          ],
        },
        container: container({ volumeMounts: [{ name: 'taken', mountPath: '/t' }] }),
      },
    })
    for (const name of ['my.secret', 'taken', 'x'.repeat(64)]) {
      const built = build(of(name))
      const volume = built.pod.spec.volumes?.find(
        ({ secret }) => (secret as { secretName?: string } | undefined)?.secretName === name,
      )
      expect(volume?.name).toMatch(/^secret-\d+$/)
      expect(mounts(built, 'wait')).toContain(`${volume?.name} /argo/secret/${name} ro`)
    }
  })
})

describe('archive location', () => {
  const out = { outputs: { artifacts: [{ name: 'o', path: '/o' }] }, container: container() }
  const at = (parts: PodInputParts): unknown => template(build(parts)).archiveLocation

  test('is there when logs or an artifact need it', () => {
    expect(at({ artifactRepository: { s3: bucket } })).toBeUndefined()
    expect(at({ template: out, artifactRepository: { s3: bucket } })).toMatchObject({
      archiveLogs: false,
      s3: { key: 'wf/wf-step-7' },
    })
    expect(at({ artifactRepository: { s3: bucket, archiveLogs: true } })).toMatchObject({ archiveLogs: true })
    expect(at({ template: out })).toEqual({ archiveLogs: false })
  })

  test('logs: the repository wins when it says yes, else template before workflow', () => {
    const no = { container: container(), archiveLocation: { archiveLogs: false } }
    expect(at({ template: no, spec: { archiveLogs: true }, artifactRepository: { s3: bucket } })).toEqual({
      archiveLogs: false,
    })
    expect(at({ template: no, artifactRepository: { s3: bucket, archiveLogs: true } })).toMatchObject({
      archiveLogs: true,
      s3: { bucket: 'b' },
    })
    expect(at({ spec: { archiveLogs: true }, artifactRepository: { s3: bucket } })).toMatchObject({
      archiveLogs: true,
    })
  })

  test('key: format before prefix; an own location stays', () => {
    expect(
      at({ template: out, artifactRepository: { s3: { ...bucket, keyPrefix: 'p//q/' } } }),
    ).toMatchObject({ s3: { key: 'p/q/wf/wf-step-7' } })
    expect(
      at({
        template: out,
        artifactRepository: { s3: { ...bucket, keyPrefix: 'p', keyFormat: 'f/{{ pod.name }}' } },
      }),
    ).toMatchObject({ s3: { key: 'f/wf-step-7' } })
    const own = { s3: { ...bucket, key: 'mine' } }
    expect(
      at({
        template: { ...out, archiveLocation: own },
        artifactRepository: { s3: { ...bucket, bucket: 'other' } },
      }),
    ).toEqual(own)
  })

  test('an unknown tag in it is an error; elsewhere it stays', () => {
    const repository = { s3: { ...bucket, keyFormat: '{{workflow.nobody}}/x' } }
    expect(() => build({ template: out, artifactRepository: repository })).toThrow(
      'failed to resolve {{workflow.nobody}}',
    )
    expect(
      named(build({ template: { container: container({ args: ['{{unknown}}'] }) } }), 'main').args,
    ).toEqual(['{{unknown}}'])
  })
})

describe('substitution', () => {
  test('reaches volumes and executor settings; values cannot break the JSON of the template', () => {
    const hostile = 'a "quoted" \\ \u0000 </script>\n'
    const built = build({
      spec: { volumes: [{ name: 'v', configMap: { name: '{{workflow.parameters.cm}}' } }] },
      template: {
        name: 'step',
        inputs: { parameters: [{ name: 'p', value: hostile }] },
        outputs: { artifacts: [{ name: 'o', path: '/o' }] },
        container: container({
          args: ['{{inputs.parameters.p}}'],
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
        }),
      },
      artifactRepository: { s3: { ...bucket, keyFormat: '{{inputs.parameters.p}}' } },
      globals: { 'workflow.name': 'wf', 'workflow.parameters.cm': 'settings' },
    })
    expect(built.pod.spec.volumes).toContainEqual({ name: 'v', configMap: { name: 'settings' } })
    expect(named(built, 'main').args).toEqual([hostile])
    expect(template(built).container?.args).toEqual([hostile])
    expect(template(built).archiveLocation?.s3?.key).toBe(hostile)
    expect(template(built).inputs).toEqual({})
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

describe('fields that are passed on', () => {
  test('placement: template, boundary, workflow', () => {
    const of = (name: string) => ({
      nodeSelector: { at: name },
      tolerations: [{ key: name }],
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: name }] } },
    })
    const spec = {
      ...of('workflow'),
      schedulerName: 's',
      podPriorityClassName: 'low',
      hostNetwork: true,
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['1.1.1.1'] },
      imagePullSecrets: [{ name: 'pull' }],
      securityContext: { runAsUser: 1 },
      hostAliases: [{ ip: '1.2.3.4' }],
    }
    const main = { container: container() }
    expect(build({ spec, template: main }).pod.spec).toMatchObject({
      ...of('workflow'),
      schedulerName: 's',
      priorityClassName: 'low',
      hostNetwork: true,
      dnsPolicy: 'None',
      imagePullSecrets: [{ name: 'pull' }],
      securityContext: { runAsUser: 1 },
    })
    expect(build({ spec, template: main, boundaryTemplate: of('boundary') }).pod.spec).toMatchObject(
      of('boundary'),
    )
    const own = {
      ...of('own'),
      ...main,
      schedulerName: 'mine',
      priorityClassName: 'high',
      securityContext: {},
      hostAliases: [{ ip: '5.6.7.8' }],
    }
    expect(build({ spec, template: own, boundaryTemplate: of('boundary') }).pod.spec).toMatchObject({
      ...of('own'),
      schedulerName: 'mine',
      priorityClassName: 'high',
      securityContext: {},
      hostAliases: [{ ip: '1.2.3.4' }, { ip: '5.6.7.8' }],
    })
    expect(build({ spec: { hostNetwork: false, tolerations: [] } }).pod.spec).not.toHaveProperty(
      'hostNetwork',
    )
  })

  test('values that mean nothing are left out, as Argo leaves them out', () => {
    const user = container({
      tty: false,
      args: [],
      ports: [],
      envFrom: [],
      volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: false }],
    })
    const { pod } = build({
      spec: { volumes: [{ name: 'v', hostPath: { path: '/x', type: '' } }] },
      template: { container: user },
    })
    expect(Object.keys(pod.spec.containers[1] ?? {})).toEqual([
      'name',
      'image',
      'command',
      'env',
      'resources',
      'volumeMounts',
    ])
    expect(pod.spec.containers[1]?.volumeMounts?.[0]).toEqual({ name: 'v', mountPath: '/v' })
    expect(Object.keys(pod.spec)).toEqual(['volumes', 'initContainers', 'containers', 'restartPolicy'])
  })

  test('a volume that is mounted must exist', () => {
    expect(() =>
      build({ template: { container: container({ volumeMounts: [{ name: 'ghost', mountPath: '/g' }] }) } }),
    ).toThrow("volume 'ghost' not found in workflow spec")
  })

  test('metadata: own keys, workflow, template', () => {
    const built = build({
      onExit: true,
      config: { instanceID: 'one' },
      spec: { podMetadata: { labels: { a: 'w', b: 'w' }, annotations: { n: 'w' } } },
      template: { metadata: { labels: { b: 't' } }, container: container() },
    })
    expect(built.pod.metadata.labels).toEqual({
      a: 'w',
      b: 't',
      'workflows.argoproj.io/completed': 'false',
      'workflows.argoproj.io/controller-instanceid': 'one',
      'workflows.argoproj.io/on-exit': 'true',
      'workflows.argoproj.io/workflow': 'wf',
    })
    expect(built.pod.metadata.annotations).toMatchObject({
      n: 'w',
      'kubectl.kubernetes.io/default-container': 'main',
      'workflows.argoproj.io/node-name': 'wf.step',
    })
    expect(template(built).metadata).toEqual({ annotations: { n: 'w' }, labels: { a: 'w', b: 't' } })
    expect(variables(built, 'wait')['ARGO_INSTANCE_ID']).toBe('one')
  })
})

describe('deadlines', () => {
  const end = new Date('2026-01-01T00:01:00.900Z')
  const of = (parts: PodInputParts): unknown => build(parts).pod.spec.activeDeadlineSeconds

  test('the shorter of template and workflow, in whole seconds', () => {
    expect(of({})).toBeUndefined()
    expect(of({ workflowDeadline: end })).toBe(60)
    expect(
      of({ template: { activeDeadlineSeconds: '5', container: container() }, workflowDeadline: end }),
    ).toBe(5)
    expect(
      of({ template: { activeDeadlineSeconds: 500, container: container() }, workflowDeadline: end }),
    ).toBe(60)
    expect(() =>
      of({ template: { name: 't', activeDeadlineSeconds: '{{x}}', container: container() } }),
    ).toThrow('activeDeadlineSeconds of template t is "{{x}}"')
  })

  test('none for the exit handler; no pod when it is over; a pause stops the clock', () => {
    expect(of({ workflowDeadline: end, onExit: true })).toBeUndefined()
    expect(buildPod(podInput({ workflowDeadline: new Date('2026-01-01T00:00:01Z') }))).toBeUndefined()
    const paused = {
      container: container({ env: [{ name: 'ARGO_DEBUG_PAUSE_AFTER', value: '' }] }),
      activeDeadlineSeconds: 5,
    }
    expect(of({ template: paused })).toBeUndefined()
  })

  test('ARGO_DEADLINE is the earliest end, or none', () => {
    const at = (parts: PodInputParts): unknown => variables(build(parts), 'wait')['ARGO_DEADLINE']
    expect(at({})).toBe('0001-01-01T00:00:00Z')
    expect(at({ workflowDeadline: end })).toBe('2026-01-01T00:01:00Z')
    expect(at({ workflowDeadline: end, onExit: true })).toBe('0001-01-01T00:00:00Z')
    expect(at({ workflowDeadline: end, executionDeadline: new Date('2026-01-01T00:00:30Z') })).toBe(
      '2026-01-01T00:00:30Z',
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
