// The controller's configuration: read as Argo's ConfigMap, put under workflows as their defaults.

import { describe, expect, test } from 'vitest'
import { parseControllerConfig } from '../../../src/controller/config/parse-config.ts'
import { mergeDefaults } from '../../../src/controller/operate/merge-defaults.ts'
import { killCommand } from '../../../src/controller/terminate-pod.ts'
import type { Pod } from '../../../src/controller/pod/pod-types.ts'
import type { Workflow } from '../../../src/spec/types.ts'

describe('parseControllerConfig', () => {
  test('reads YAML in the values, warns of what has no effect and of slips', () => {
    const { config, warnings } = parseControllerConfig(
      { images: 'busybox: {cmd: [sh]}', instanceID: 'blue', columns: '[]', imagess: 'x: {}' },
      'config.yaml',
    )
    expect(config).toEqual({ images: { busybox: { cmd: ['sh'] } }, instanceID: 'blue' })
    expect(warnings).toEqual([
      'config.yaml: columns has no effect yet',
      'config.yaml: imagess is not a key of the configuration, did you mean images?',
    ])
  })

  test('takes everything from the one key config too, and values that are no text', () => {
    const text = 'artifactRepository: {s3: {bucket: b}}'
    expect(parseControllerConfig({ config: text }, 'x').config).toEqual({
      artifactRepository: { s3: { bucket: 'b' } },
    })
    expect(parseControllerConfig({ executor: { image: 'i' } }, 'x').config).toEqual({
      executor: { image: 'i' },
    })
  })

  test.each([
    ['images', '[a]', /images must be a map of fields/],
    ['images', '{a: ', /config.yaml key images/],
    ['instanceID', '{a: b}', /instanceID must be a text/],
  ])('refuses %s: %s', (key, text, message) => {
    expect(() => parseControllerConfig({ [key]: text }, 'config.yaml')).toThrow(message)
  })
})

test('defaults lie under the workflow: maps and named lists are merged, the workflow wins', () => {
  const workflow = {
    metadata: { name: 'w', labels: { a: 'own' } },
    spec: {
      volumes: [{ name: 'v', emptyDir: {} }],
      activeDeadlineSeconds: 5,
      tolerations: [{ key: 'k', effect: 'X' }],
    },
  } as unknown as Workflow
  const defaults = {
    metadata: { name: 'ignored', labels: { a: 'default', b: 'default' } },
    spec: {
      volumes: [
        { name: 'v', secret: {} },
        { name: 'w', emptyDir: {} },
      ],
      activeDeadlineSeconds: 9,
      serviceAccountName: 's',
      tolerations: [{ key: 'k', effect: 'Y' }],
    },
  } as unknown as Workflow
  expect(mergeDefaults(workflow, defaults)).toEqual({
    metadata: { name: 'w', labels: { a: 'own', b: 'default' } },
    spec: {
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'w', emptyDir: {} },
      ],
      activeDeadlineSeconds: 5,
      serviceAccountName: 's',
      tolerations: [{ key: 'k', effect: 'X' }],
    },
  })
})

test('the command that sends a signal depends on what the container has', () => {
  const pod = {
    metadata: { annotations: { 'workflows.argoproj.io/kill-cmd-proxy': '["pilot", "quit", "%d"]' } },
    spec: {
      containers: [
        { name: 'wait' },
        { name: 'main', volumeMounts: [{ name: 'var-run-argo', mountPath: '/var/run/argo' }] },
        { name: 'stranger' },
        { name: 'proxy' },
      ],
    },
  } as unknown as Pod
  expect(killCommand(pod, 'wait', 15)).toEqual(['argoexec', 'kill', '15', '1'])
  expect(killCommand(pod, 'main', 9)).toEqual(['/var/run/argo/argoexec', 'kill', '9', '1'])
  expect(killCommand(pod, 'stranger', 15)).toEqual(['/bin/sh', '-c', 'kill -15 1'])
  expect(killCommand(pod, 'proxy', 15)).toEqual(['pilot', 'quit', '15'])
})
