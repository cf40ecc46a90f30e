// The pod of a node, rule by rule: artifacts, where they are archived, and what is substituted.

import { describe, expect, test } from 'vitest'
import { bucket, build, mounts, named, template, volumeNames } from '../../../rig/node-pod.ts'
import { container, type PodInputParts } from '../../../rig/pod-input.ts'

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
