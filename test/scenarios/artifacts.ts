// Files between steps: where they lie in the store, how they are packed, which part of them arrives.

import { busybox, sh, workflow, type Fields, type Scenario } from './scenario.ts'

const step = (name: string, template: string, more: Fields = {}): Fields => ({ name, template, ...more })

const files =
  'mkdir -p /tmp/d/sub; echo one >/tmp/d/one; echo two >/tmp/d/sub/two; echo plain >/tmp/plain; chmod 640 /tmp/plain'

/** A container that compares each file with the line that it must hold. */
function check(
  name: string,
  expected: Readonly<Record<string, string>>,
  artifacts: readonly Fields[],
): Fields {
  const lines = Object.entries(expected).map(([path, line]) => `test "$(cat ${path})" = "${line}"`)
  return sh(name, ['set -ex', ...lines].join('; '), { inputs: { artifacts } })
}

const out = (name: string, path: string, more: Fields = {}): Fields => ({ name, path, ...more })

export const artifacts: readonly Scenario[] = [
  {
    name: 'artifacts: archive none, tar, tar with a level, zip; each arrives as it was',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [step('make', 'make')],
          [
            step('use', 'use', {
              arguments: {
                artifacts: ['bare', 'packed', 'stored', 'zipped', 'single'].map((name) => ({
                  name,
                  from: `{{steps.make.outputs.artifacts.${name}}}`,
                })),
              },
            }),
          ],
        ],
      },
      sh('make', files, {
        outputs: {
          artifacts: [
            out('bare', '/tmp/d', { archive: { none: {} } }),
            out('packed', '/tmp/d', { archive: { tar: { compressionLevel: 9 } } }),
            out('stored', '/tmp/d', { archive: { tar: { compressionLevel: 0 } } }),
            out('zipped', '/tmp/d', { archive: { zip: {} } }),
            out('single', '/tmp/plain'),
          ],
        },
      }),
      check(
        'use',
        {
          '/in/bare/one /in/bare/sub/two': 'one\ntwo',
          '/in/packed/sub/two': 'two',
          '/in/stored/sub/two': 'two',
          '/in/zipped/one /in/zipped/sub/two': 'one\ntwo',
          '/in/single': 'plain',
        },
        ['bare', 'packed', 'stored', 'zipped', 'single'].map((name) => ({ name, path: `/in/${name}` })),
      ),
    ]),
    phase: 'Succeeded',
    nodes: { make: { artifacts: ['bare', 'packed', 'stored', 'zipped', 'single'] } },
  },
  {
    name: 'artifacts: from with subPath, a key alone, a mode',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [step('make', 'make')],
          [
            step('use', 'use', {
              arguments: {
                artifacts: [
                  { name: 'part', from: '{{steps.make.outputs.artifacts.folder}}', subPath: 'sub/two' },
                  { name: 'key', s3: { key: 'scenarios/{{workflow.uid}}/plain.txt' } },
                ],
              },
            }),
          ],
        ],
      },
      sh('make', files, {
        outputs: {
          artifacts: [
            out('folder', '/tmp/d', { archive: { none: {} } }),
            out('plain', '/tmp/plain', {
              archive: { none: {} },
              s3: { key: 'scenarios/{{workflow.uid}}/plain.txt' },
            }),
          ],
        },
      }),
      check('use', { '/in/part.txt': 'two', '/in/key.txt': 'plain' }, [
        { name: 'part', path: '/in/part.txt' },
        { name: 'key', path: '/in/key.txt', mode: 0o400 },
      ]),
    ]),
    phase: 'Succeeded',
  },
  {
    name: 'artifacts: optional inputs that are not there, and a raw one with a tag',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [step('skipped', 'make', { when: 'false' })],
          [
            step('use', 'use', {
              arguments: {
                artifacts: [
                  { name: 'of-skipped', from: '{{steps.skipped.outputs.artifacts.a}}', optional: true },
                ],
              },
            }),
          ],
        ],
      },
      sh('make', files, { outputs: { artifacts: [out('a', '/tmp/plain')] } }),
      sh(
        'use',
        'set -ex; test ! -e /in/of-skipped; test ! -e /in/absent; test -d /in/no-key; test -z "$(ls -A /in/no-key)"; test "$(cat /in/raw)" = "raw main"',
        {
          inputs: {
            artifacts: [
              { name: 'of-skipped', path: '/in/of-skipped', optional: true },
              { name: 'absent', path: '/in/absent', optional: true },
              {
                name: 'no-key',
                path: '/in/no-key',
                optional: true,
                s3: { key: 'scenarios/{{workflow.uid}}/nothing' },
              },
              { name: 'raw', path: '/in/raw', raw: { data: 'raw {{workflow.mainEntrypoint}}' } },
            ],
          },
        },
      ),
    ]),
    phase: 'Succeeded',
  },
  {
    name: 'artifacts: a required input whose key does not exist',
    workflow: workflow([
      check('main', {}, [
        { name: 'a', path: '/in/a', s3: { key: 'scenarios/{{workflow.uid}}/nothing-here' } },
      ]),
    ]),
    phase: 'Error',
    message: /nothing-here/,
  },
  {
    name: 'artifacts: through steps within a dag, from the arguments of the workflow on',
    workflow: workflow(
      [
        {
          name: 'main',
          inputs: { artifacts: [{ name: 'given' }] },
          dag: {
            tasks: [
              step('first', 'inner', {
                arguments: { artifacts: [{ name: 'in', from: '{{inputs.artifacts.given}}' }] },
              }),
              step('last', 'last', {
                depends: 'first',
                arguments: { artifacts: [{ name: 'in', from: '{{tasks.first.outputs.artifacts.out}}' }] },
              }),
            ],
          },
        },
        {
          name: 'inner',
          inputs: { artifacts: [{ name: 'in' }] },
          steps: [
            [
              step('add', 'add', {
                arguments: { artifacts: [{ name: 'in', from: '{{inputs.artifacts.in}}' }] },
              }),
            ],
          ],
          outputs: { artifacts: [{ name: 'out', from: '{{steps.add.outputs.artifacts.out}}' }] },
        },
        {
          name: 'add',
          inputs: { artifacts: [{ name: 'in', path: '/v/in put/a' }] },
          outputs: { artifacts: [out('out', '/v/out')] },
          container: {
            image: busybox,
            command: ['sh', '-c'],
            args: ['cp "{{inputs.artifacts.in.path}}" /v/out; printf " and more" >>/v/out'],
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
          },
        },
        check('last', { '/tmp/in': 'given and more' }, [{ name: 'in', path: '/tmp/in' }]),
      ],
      {
        arguments: { artifacts: [{ name: 'given', raw: { data: 'given' } }] },
        volumes: [{ name: 'v', emptyDir: {} }],
      },
    ),
    phase: 'Succeeded',
    nodes: { first: { artifacts: ['out'] } },
  },
  {
    name: 'artifacts: a repository of the ConfigMap artifact-repositories, with a key format',
    objects: (store) => [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'artifact-repositories' },
        data: {
          formatted: JSON.stringify({
            s3: { ...store, keyFormat: 'formatted/{{workflow.uid}}/{{pod.name}}' },
          }),
        },
      },
    ],
    workflow: workflow(
      [
        {
          name: 'main',
          steps: [
            [step('make', 'make')],
            [
              step('use', 'use', {
                arguments: { artifacts: [{ name: 'a', from: '{{steps.make.outputs.artifacts.a}}' }] },
              }),
            ],
          ],
        },
        sh('make', files, { outputs: { artifacts: [out('a', '/tmp/plain', { archive: { none: {} } })] } }),
        check('use', { '/tmp/a': 'plain' }, [{ name: 'a', path: '/tmp/a' }]),
      ],
      { artifactRepositoryRef: { key: 'formatted' } },
    ),
    phase: 'Succeeded',
    nodes: { make: { keys: { a: /^formatted\/[0-9a-f-]{36}\/.*make.*\/plain$/ } } },
  },
  {
    name: 'artifacts: the log of a step, when its archiveLocation asks for it',
    workflow: workflow([{ ...sh('main', 'echo said'), archiveLocation: { archiveLogs: true } }]),
    phase: 'Succeeded',
    nodes: { '*': { keys: { 'main-logs': /\/main\.log$/ } } },
  },
]
