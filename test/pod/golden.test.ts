// The pods of our own examples, kept in golden/: a change of what we send shows as a change of these files.
// UPDATE=1 writes them anew.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Pod } from '../../src/controller/pod/pod-types.ts'
import { parseManifests } from '../../src/spec/manifest/parse-manifests.ts'
import type { Artifact, ControllerConfig, Parameter, Workflow } from '../../src/spec/types.ts'
import { sentTemplate } from '../rig/corpus-pods.ts'
import { type EndedNode, playRecording } from '../rig/play-recording.ts'

const examples = join(import.meta.dirname, '../../examples')
const golden = join(import.meta.dirname, 'golden')

const config: ControllerConfig = {
  artifactRepository: {
    s3: {
      endpoint: 's3.example.com',
      bucket: 'artifacts',
      accessKeySecret: { name: 'store', key: 'access' },
      secretKeySecret: { name: 'store', key: 'secret' },
    },
  },
}

const names = readdirSync(examples)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => basename(name, '.yaml'))
  .toSorted()

test.for(names)('%s', (name) => {
  const file = join(golden, `${name}.json`)
  const text = `${JSON.stringify(podsOf(name).map(readable), null, 1)}\n`
  if (process.env['UPDATE'] === '1') {
    mkdirSync(golden, { recursive: true })
    writeFileSync(file, text)
  }
  expect(existsSync(file), `${file} is missing: run this test once with UPDATE=1`).toBe(true)
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(file, 'utf8')))
})

test('every golden file has its example', () => {
  expect(readdirSync(golden).toSorted()).toEqual(names.map((name) => `${name}.json`))
})

function podsOf(name: string): readonly Pod[] {
  const { documents } = parseManifests(readFileSync(join(examples, `${name}.yaml`), 'utf8'), `${name}.yaml`)
  const manifest = documents.find(({ kind }) => kind === 'Workflow')?.value as Workflow
  const { generateName: _generateName, ...metadata } = manifest.metadata
  const { created } = playRecording({
    workflow: {
      ...manifest,
      metadata: {
        namespace: 'default',
        ...metadata,
        name,
        uid: '00000000-0000-4000-8000-000000000000',
        creationTimestamp: '2026-01-02T03:04:05Z',
      },
      status: {
        artifactRepositoryRef: {
          default: true,
          artifactRepository: JSON.parse(JSON.stringify(config.artifactRepository)),
        },
      },
    },
    endOf: (_id, pod) => endOf(pod),
    config,
    executorImage: 'example.com/argoexec:1',
    parameterConfigMaps: new Map(),
    start: new Date('2026-01-02T03:04:05Z'),
  })
  return created.map(({ pod }) => pod)
}

/** What the programs of the examples would do. */
function endOf(pod: Pod): EndedNode {
  const template = sentTemplate(pod)
  if (template?.name === 'check')
    return { phase: 'Failed', message: 'main: Error (exit code 3)', outputs: { exitCode: '3' } }
  const key = template?.archiveLocation?.s3?.key
  const parameters = (template?.outputs?.parameters ?? []).map((parameter): Parameter => ({
    ...parameter,
    value: `value of ${parameter.name}`,
  }))
  const artifacts = (template?.outputs?.artifacts ?? []).map((artifact): Artifact => ({
    ...artifact,
    s3: { key: `${key}/${artifact.name}.tgz` },
  }))
  const result = template?.name === 'list' ? '["one", "two"]' : 'heads'
  return { phase: 'Succeeded', outputs: { parameters, artifacts, result, exitCode: '0' } }
}

/** The template as an object, so that a change of one field is a change of one line. */
function readable(pod: Pod): unknown {
  const init = pod.spec.initContainers?.map((container) => ({
    ...container,
    env: container.env?.map((entry) =>
      entry['name'] === 'ARGO_TEMPLATE' ? { name: 'ARGO_TEMPLATE', value: sentTemplate(pod) } : entry,
    ),
  }))
  return { ...pod, spec: { ...pod.spec, initContainers: init } }
}
